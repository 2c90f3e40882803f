import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildNative, nativeSkip } from '../native/index.js';
import { STORE_MUTANTS } from './mutants.js';
import { cutEverywhere, rollbackOf, updateOf } from './power-cut.js';
import { trialModels } from './trial-models.js';

const [, old, , next] = trialModels();

const update = updateOf(old, next);
const rollback = rollbackOf(old, next);

const geometry = (programBytes: number) => ({ slotBytes: 16_384, sectorBytes: 1024, programBytes });

describe('a power cut at every flash operation', { skip: nativeSkip }, () => {
  for (const programBytes of [1, 4, 256]) {
    test(`during an update leaves the old or the new model intact (units of ${programBytes})`, async (context) => {
      const report = await cutEverywhere(await buildNative(), geometry(programBytes), update, { seeds: 3 });
      context.diagnostic(`${report.operations} operations, ${report.cuts} cuts: ${report.old} old, ${report.new} new`);
      assert.deepEqual(report.violations, []);
      assert.ok(report.new > 0, 'behind the last operation the new model runs');
    });

    test(`during a rollback leaves one of the two models intact and running (units of ${programBytes})`, async () => {
      const report = await cutEverywhere(await buildNative(), geometry(programBytes), rollback, { seeds: 16 });
      assert.deepEqual(report.violations, []);
      assert.equal(report.operations, 1);
      assert.ok(report.new > 0 && report.old > 1, `${report.old} old, ${report.new} new`);
    });
  }

  for (const [name, patches] of Object.entries(STORE_MUTANTS)) {
    test(`reveals a store that ${name}`, async (context) => {
      const executable = await buildNative({ patches });
      const report = await cutEverywhere(executable, geometry(4), update, { seeds: 2, untilViolation: true });
      context.diagnostic(report.violations.join('; '));
      assert.equal(report.violations.length > 0, true);
    });
  }
});

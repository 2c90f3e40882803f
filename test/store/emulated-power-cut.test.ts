import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { buildFirmware, findBoard } from '../../host/boards/index.js';
import { skipWithout } from '../firmware/skip.js';
import { buildPatched, cutEmulated } from './emulated-power-cut.js';
import { STORE_MUTANTS } from './mutants.js';
import { cutPico } from './pico-power-cut.js';
import { rollbackOf, updateOf } from './power-cut.js';
import { trialModels } from './trial-models.js';

const [, next, , old] = trialModels();

const update = updateOf(old, next);
const rollback = rollbackOf(old, next);

const onPico: typeof cutEmulated = (_, firmware, change, options) => cutPico(firmware, change, options);

const BOARDS = [
  {
    name: 'pico',
    flash: 'the flash of a Pico',
    cut: onPico,
    skip: await skipWithout('wasm2c', 'arm-none-eabi-gcc'),
  },
  {
    name: 'rv32-virt',
    flash: 'parallel flash',
    cut: cutEmulated,
    skip: await skipWithout('wasm2c', 'riscv64-unknown-elf-gcc', 'qemu-system-riscv32'),
  },
  {
    name: 'emcraft-sf2',
    flash: 'serial flash',
    cut: cutEmulated,
    skip: await skipWithout('wasm2c', 'arm-none-eabi-gcc', 'qemu-system-arm'),
  },
];

for (const { name, flash, cut, skip } of BOARDS) {
  describe(`a power cut at every operation of ${flash} (${name})`, { skip }, () => {
    test('during an update leaves the old or the new model intact', async (context) => {
      const board = findBoard(name);
      const report = await cut(board, await buildFirmware(board), update, { seeds: 1 });
      context.diagnostic(`${report.operations} operations, ${report.cuts} cuts: ${report.old} old, ${report.new} new`);
      assert.deepEqual(report.violations, []);
      assert.ok(report.new > 0 && report.old > report.operations, 'both models have run');
    });

    test('during a rollback leaves one of the two models intact and running', async () => {
      const board = findBoard(name);
      const report = await cut(board, await buildFirmware(board), rollback, { seeds: 3 });
      assert.deepEqual(report.violations, []);
      assert.equal(report.operations, 1);
      assert.ok(report.new > 0 && report.old > 0, 'both models have run');
    });

    test('reveals a store that commits early', async (context) => {
      const board = findBoard(name);
      const firmware = await buildPatched(board, STORE_MUTANTS['commits early']);
      const report = await cut(board, firmware, update, { seeds: 1, untilViolation: true });
      context.diagnostic(report.violations.join('; '));
      assert.notDeepEqual(report.violations, []);
    });
  });
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ModelError } from '../../host/core/error.js';
import { decodeModel, embedModel, encodeModel, extractModel } from '../../host/core/model/index.js';
import { Random } from '../../host/core/random.js';
import { openKernel } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/index.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { GuardedKernel } from './guarded-kernel.js';
import { mutate } from './mutate.js';
import { tinyNetworks } from './tiny-networks.js';

const FILES = 100_000;
/** Errors of the kernel that small files can cause; 14, too much work, takes a large one. */
const ERRORS = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15];
const RAM_ERROR = 15;

function decodes(bytes: Uint8Array): boolean {
  try {
    decodeModel(bytes, 'fuzz.spkw');
    return true;
  } catch (error) {
    assert.ok(error instanceof ModelError, `${error}`);
    assert.match(error.message, /^fuzz\.spkw: ./);
    return false;
  }
}

describe('damaged model files', () => {
  const networks = tinyNetworks();
  const models = networks.map(encodeModel);

  test(`${FILES} of them are rejected or harmless, in the reader and in the kernel`, () => {
    const random = new Random(20_260_101);
    // slightly more than these models need: many mutations require more
    const ram = Math.max(...models.map((model) => openKernel(model).ramBytes)) + 256;
    const kernel = new GuardedKernel('kernel', ram);
    const dense = new GuardedKernel('kernel-dense', ram);
    const elsewhere = new GuardedKernel('kernel', ram, 0x3c);
    const features = speechLikeFeatures(networks[0], 1);
    const errors = new Map<number, number>();
    let decoded = 0;
    for (let n = 0; n < FILES; n++) {
      const bytes = mutate(random, models);
      const result = kernel.run(bytes, features);
      errors.set(result.error, (errors.get(result.error) ?? 0) + 1);
      if (n % 8 === 0) assert.deepEqual(dense.run(bytes, features).error, result.error, `file ${n}, dense kernel`);
      // memory outside RAM and model does not affect the result, so nothing is read there
      if (n % 4 === 0) assert.deepEqual(elsewhere.run(bytes, features), result, `file ${n}, other memory around`);
      if (decodes(bytes)) {
        decoded++;
        // the kernel accepts what the reader accepts, if it has enough RAM
        assert.ok(result.error === 0 || result.error === RAM_ERROR, `file ${n}: kernel error ${result.error}`);
      }
    }
    // the mutations reach every check, and some pass all of them
    for (const error of ERRORS) assert.ok((errors.get(error) ?? 0) > 0, `error ${error} was never reached`);
    assert.ok((errors.get(0) ?? 0) > FILES / 100, `${errors.get(0)} accepted by the kernel`);
    assert.ok(decoded > FILES / 1000, `${decoded} accepted by the reader`);

    // the kernel still works
    networks.forEach((network, k) => {
      const map = speechLikeFeatures(network, 2);
      assert.deepEqual(
        kernel.run(models[k], map).scores.slice(0, network.labels.length),
        judge(network, map).scores,
        `network ${k} afterwards`,
      );
    });
  });

  test('damaged modules give a ModelError or their model', () => {
    const random = new Random(7);
    const module = embedModel(models[1], wasmBytes('kernel'));
    for (let n = 0; n < 2000; n++) {
      try {
        extractModel(mutate(random, [module]), 'fuzz.wasm');
      } catch (error) {
        assert.ok(error instanceof ModelError, `${error}`);
      }
    }
  });
});

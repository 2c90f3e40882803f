import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { CLIP_SAMPLES } from '../../host/core/audio/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { openKernel } from '../../host/model/index.js';
import { defaultModelPath } from '../../host/system/package-files.js';
import { detectedByHost, detectingModel, speech } from '../board/alone.js';
import { earlyNetwork } from '../board/small-model.js';
import { skipWithout } from '../firmware/skip.js';
import { exportTo, prepared, scratchFolder } from './compile.js';
import { classifyOn, cores, hearOn } from './cores.js';

const skip = await skipWithout(
  'wasm2c',
  'arm-none-eabi-gcc',
  'riscv64-unknown-elf-gcc',
  'qemu-system-arm',
  'qemu-system-riscv32',
);

describe('the library in C on the cores of microcontrollers', { skip }, () => {
  const scratch = scratchFolder();
  after(() => rmSync(scratch, { recursive: true }));

  const model = detectingModel();
  let folder: string;
  before(async () => {
    folder = await exportTo('c', [prepared(model, 'small')], scratch);
  });

  for (const core of cores) {
    it(`${core}: passes its self test and hears in a minute of speech what the host hears`, async () => {
      const samples = await speech(60);
      const { said, detections } = await hearOn(core, folder, 'small', samples);
      assert.deepEqual(said, ['init', 'all stages are equal']);
      const expected = detectedByHost(model, samples);
      assert.ok(expected.length > 0);
      assert.deepEqual(
        detections,
        expected.map(({ label, score, sample }) => [label, Math.round(score * 65_535), sample]),
      );
    });
  }

  it('decide early as the host does: timesteps, scores, spikes and operations', async () => {
    const early = encodeModel(earlyNetwork());
    const out = await exportTo('c', [prepared(early, 'early')], `${scratch}/early`);
    const samples = await speech(12);
    const kernel = openKernel(early);
    const expected = Array.from({ length: 12 }, (_, clip) => {
      const at = clip * CLIP_SAMPLES;
      const {
        class: word,
        timesteps,
        scores,
        spikes,
        synapticOperations,
      } = kernel.classify(samples.subarray(at, at + CLIP_SAMPLES));
      return [word, timesteps, ...scores, ...Array.from(spikes, (count, k) => [count, synapticOperations[k]]).flat()];
    });
    assert.ok(new Set(expected.map(([, timesteps]) => timesteps)).size > 2, expected.map((row) => row[1]).join());
    for (const core of cores) {
      // what was said of the self test, 0 if all stages are equal, and the clips
      const unsigned = expected.map((row) => row.map((value) => value >>> 0));
      assert.deepEqual(await classifyOn(core, out, 'early', samples), [[0], ...unsigned], core);
    }
  });

  it('does the same with the shipped model, in slices of at most half a million instructions', async () => {
    const shipped = new Uint8Array(readFileSync(defaultModelPath()));
    const out = await exportTo('c', [prepared(shipped, 'commands')], `${scratch}/shipped`);
    const samples = await speech(20);
    const { said, detections, longest } = await hearOn('Cortex-M4', out, 'commands', samples);
    assert.deepEqual(said, ['init', 'all stages are equal']);
    const expected = detectedByHost(shipped, samples);
    assert.deepEqual(
      detections.map(([word, , sample]) => [word, sample]),
      expected.map(({ label, sample }) => [label, sample]),
    );
    assert.ok(longest < 500_000, `${longest} instructions`);
  });
});

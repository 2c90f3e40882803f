import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';
import { defaultModelPath } from '../../host/system/package-files.js';
import { detectedByHost, detectingModel, speech } from '../board/alone.js';
import { skipWithout } from '../firmware/skip.js';
import { exportTo, prepared, scratchFolder } from './compile.js';
import { cores, hearOn } from './cores.js';

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

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { embedModel, encodeModel } from '../../host/core/model/index.js';
import { presetNetwork } from '../../host/core/network/index.js';
import { SamplePack } from '../../host/dataset/index.js';
import { classifyPack, openKernel } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/index.js';
import { noiseClip, SPEECH_PARAMETERS } from '../features/signals.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const CLIPS = 100;

describe('a pack of clips', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-kernel-'));
  after(() => rmSync(folder, { recursive: true }));
  const path = join(folder, 'clips.i16');
  const clips = Array.from({ length: CLIPS }, (_, k) => noiseClip(k, 20 + k * 300));
  writeFileSync(path, Buffer.concat(clips.map((clip) => new Uint8Array(clip.buffer))));
  const names = clips.map((_, k) => `clip ${k}`);
  const pack = SamplePack.open({ path, count: CLIPS, labels: new Int32Array(CLIPS), names });
  after(() => pack.close());

  const spec = presetNetwork('tiny', { classes: 5 });
  const model = encodeModel({ ...randomQuantizedNetwork(2, { spec }), features: SPEECH_PARAMETERS });

  test('is recognised like its single clips, on any number of threads', async () => {
    const kernel = openKernel(model);
    const alone = clips.map((clip) => kernel.classify(clip));
    const total = (values: (k: number) => ArrayLike<number>): Float64Array =>
      Float64Array.from(kernel.plan.layers, (_, layer) => alone.reduce((sum, _, k) => sum + values(k)[layer], 0));
    const expected = {
      classes: Int32Array.from(alone, (inference) => inference.class),
      scores: Int32Array.from(alone.flatMap((inference) => [...inference.scores])),
      spikes: total((k) => alone[k].spikes),
      synapticOperations: total((k) => alone[k].synapticOperations),
      timesteps: Int32Array.from(alone, (inference) => inference.timesteps),
      clipOperations: Float64Array.from(alone, ({ synapticOperations }) =>
        synapticOperations.reduce((sum, count) => sum + count, 0),
      ),
      ramBytes: kernel.ramBytes,
    };
    for (const threads of [1, 2, 4]) {
      const steps: number[] = [];
      const onProgress = (done: number): void => void steps.push(done);
      const { seconds, ...found } = await classifyPack(model, pack, { threads, onProgress });
      assert.deepEqual(found, expected, `${threads} threads`);
      assert.ok(seconds > 0);
      assert.equal(steps.at(-1), CLIPS);
    }
  });

  test('can be recognised in part and in another order', async () => {
    const all = await classifyPack(model, pack, { threads: 1 });
    const some = await classifyPack(model, pack, { threads: 2, clips: [99, 0, 0, 7] });
    assert.deepEqual(
      [...some.classes],
      [99, 0, 0, 7].map((clip) => all.classes[clip]),
    );
  });

  test('fails with the error of the thread if a clip does not exist', async () => {
    await assert.rejects(classifyPack(model, pack, { threads: 2, clips: [1, CLIPS] }), /example 100 of 100/);
  });

  test('is recognised the same by the kernel inside a module and by that of the package', async () => {
    const { ramBytes } = openKernel(model);
    const { seconds: _, ...found } = await classifyPack(embedModel(model, wasmBytes('kernel'), ramBytes), pack, {
      threads: 2,
    });
    const { seconds: __, ...expected } = await classifyPack(model, pack, { threads: 2 });
    assert.deepEqual(found, expected);
  });

  test('gives a ModelError for a model that reads other features', async () => {
    const other = { ...spec, input: { frames: 49, coefficients: 5 } };
    const features = { frames: 49, mean: [0, 0, 0, 0, 0], multiplier: [1, 1, 1, 1, 1] };
    const five = encodeModel({ ...randomQuantizedNetwork(2, { spec: other }), features });
    const expected = { name: 'ModelError', message: 'the front end computes 10 coefficients; the model needs 5' };
    await assert.rejects(classifyPack(five, pack), expected);
    assert.throws(() => openKernel(five).classify(clips[0]), expected);
  });

  test('gives a ModelError for a bad model', async () => {
    await assert.rejects(classifyPack(model.slice(8), pack), { name: 'ModelError' });
  });
});

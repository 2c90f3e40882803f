import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeModel } from '../../host/core/model/index.js';
import type { NetworkSpec } from '../../host/core/network/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { openFrontEnd } from '../../host/features/index.js';
import { openKernel } from '../../host/model/index.js';
import {
  type NamedClip,
  noRecordings,
  RECORDINGS,
  SAMPLE,
  SPEECH_PARAMETERS,
  spreadClips,
} from '../features/signals.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { Agreement } from './agreement.js';

const SAMPLE_CLIPS = 240;
const REAL_CLIPS = 200;

/** Shortcuts that keep the shape and shortcuts that change it, with few channels because the judge is slow. */
const line: Omit<NetworkSpec, 'neuron'> = {
  input: { frames: 49, coefficients: 10 },
  dimensions: 1,
  stem: { channels: 5, kernel: [3, 1], stride: [2, 1] },
  stages: [
    { blocks: 1, channels: 5, kernel: [3, 1], stride: [1, 1] },
    { blocks: 1, channels: 7, kernel: [3, 1], stride: [2, 1] },
  ],
  timesteps: 3,
  surrogateSlope: 4,
  classes: 8,
};
const plane: Omit<NetworkSpec, 'neuron'> = {
  ...line,
  dimensions: 2,
  stem: { channels: 3, kernel: [3, 3], stride: [3, 2] },
  stages: [
    { blocks: 1, channels: 3, kernel: [3, 3], stride: [1, 1] },
    { blocks: 1, channels: 5, kernel: [3, 3], stride: [2, 2] },
  ],
};

const networks: { name: string; network: QuantizedNetwork }[] = [line, plane].flatMap((spec) =>
  (['if', 'atif-u', 'atif-nu'] as const).map((neuron, seed) => ({
    name: `${spec.dimensions}-D, ${neuron}`,
    network: { ...randomQuantizedNetwork(seed, { spec: { ...spec, neuron } }), features: SPEECH_PARAMETERS },
  })),
);

/** Compares every spike on every clip, and the answer from the samples with that from the front end's features. */
function agreesOnClips(network: QuantizedNetwork, clips: readonly NamedClip[]): void {
  const agreement = new Agreement(network);
  const frontEnd = openFrontEnd(network.features);
  const kernel = openKernel(encodeModel(network));
  for (const { name, samples } of clips) {
    const features = frontEnd.features(samples);
    agreement.check(features, name);
    assert.deepEqual(kernel.features(samples), features, `${name}: features in the kernel`);
    assert.deepEqual(kernel.classify(samples), kernel.infer(features), `${name}: from samples and from features`);
  }
}

describe('on recordings, every spike of the kernel equals that of the judge', () => {
  for (const { name, network } of networks) {
    test(`${SAMPLE_CLIPS} clips of the sample, ${name}`, async () => {
      agreesOnClips(network, await spreadClips(SAMPLE, SAMPLE_CLIPS));
    });
    test(`${REAL_CLIPS} real clips, ${name}`, { skip: noRecordings }, async () => {
      agreesOnClips(network, await spreadClips(RECORDINGS, REAL_CLIPS));
    });
  }
});

describe('the front end inside the kernel', () => {
  const { network } = networks[0];

  test('drops the last frame for a network of 48', async () => {
    const [{ samples }] = await spreadClips(SAMPLE, 1);
    const spec = { ...network.spec, input: { frames: 48, coefficients: 10 } };
    const shorter = { ...randomQuantizedNetwork(4, { spec }), features: { ...SPEECH_PARAMETERS, frames: 48 } };
    const kernel = openKernel(encodeModel(shorter));
    const all = openFrontEnd(SPEECH_PARAMETERS).features(samples);
    assert.deepEqual(kernel.features(samples), all.slice(0, 480));
    assert.deepEqual([...kernel.classify(samples).scores], judge(shorter, all.slice(0, 480)).scores);
  });

  test('fills up a short clip with silence', async () => {
    const [{ samples }] = await spreadClips(SAMPLE, 1);
    const padded = new Int16Array(16_000);
    padded.set(samples.subarray(0, 5_001));
    const kernel = openKernel(encodeModel(network));
    assert.deepEqual(kernel.features(samples.subarray(0, 5_001)), kernel.features(padded));
  });
});

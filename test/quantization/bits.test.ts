import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { encodeModel } from '../../host/core/model/index.js';
import type { NetworkSpec } from '../../host/core/network/index.js';
import { quantizeNetwork, worstRoundingErrors } from '../../host/core/quantization/index.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { Agreement } from '../kernel/agreement.js';
import { randomCheckpoint } from './checkpoints.js';

const spec: NetworkSpec = {
  input: { frames: 49, coefficients: 10 },
  dimensions: 1,
  stem: { channels: 12, kernel: [5, 1], stride: [1, 1] },
  stages: [
    { blocks: 1, channels: 12, kernel: [3, 1], stride: [1, 1] },
    { blocks: 1, channels: 16, kernel: [5, 1], stride: [2, 1] },
  ],
  neuron: 'atif-u',
  timesteps: 4,
  surrogateSlope: 4,
  classes: 6,
};
const clips = Array.from({ length: 3 }, (_, seed) => speechLikeFeatures(randomQuantizedNetwork(1, { spec }), seed));
const checkpoint = randomCheckpoint(spec, 7, clips);

describe('weights of fewer bits', () => {
  for (const [bits, most] of [
    [8, 127],
    [6, 31],
    [4, 7],
    [3, 3],
  ] as const) {
    test(`of ${bits} bits are between −${most} and ${most}, and the kernels agree with the judge on every spike`, () => {
      const network = quantizeNetwork(checkpoint, { bits });
      const weights = network.layers.flatMap(({ weights: own, shortcut }) => [
        ...own,
        ...(shortcut?.kind === 'projection' ? shortcut.weights : []),
      ]);
      const greatest = Math.max(...[...weights, ...network.classifier.weights].map(Math.abs));
      assert.equal(greatest, most);
      const agreement = new Agreement(network);
      for (const [k, clip] of clips.entries()) agreement.check(clip, `clip ${k}`);
    });
  }

  test('are eight if nothing is said, with the same bytes', () => {
    assert.deepEqual(encodeModel(quantizeNetwork(checkpoint, { bits: 8 })), encodeModel(quantizeNetwork(checkpoint)));
  });

  test('are rounded more coarsely, about fourfold for two bits', () => {
    const [eight, six, four] = [8, 6, 4].map((bits) =>
      Math.max(
        ...worstRoundingErrors(checkpoint, quantizeNetwork(checkpoint, { bits })).map(({ ofThreshold }) => ofThreshold),
      ),
    );
    assert.ok(six > 2 * eight && six < 8 * eight, `${eight} ${six}`);
    assert.ok(four > 2 * six && four < 8 * six, `${six} ${four}`);
  });

  for (const bits of [1, 9, 4.5, Number.NaN]) {
    test(`are not ${bits}`, () => {
      assert.throws(
        () => quantizeNetwork(checkpoint, { bits }),
        (error: Error) => error instanceof NetworkError && /from 2 to 8/.test(error.message),
      );
    });
  }
});

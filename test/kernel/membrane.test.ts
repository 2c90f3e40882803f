import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type MembraneStep, membraneOf } from '../../host/core/kernel/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import type { NeuronKind } from '../../host/core/network/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { openKernel } from '../../host/model/index.js';
import { featureMaps } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { networkAtBounds, randomQuantizedNetwork } from '../judge/random-network.js';

/** Compares every neuron's membrane with the kernel's spikes, and its extremes with those of the judge. */
function check(network: QuantizedNetwork, features: Int8Array, what: string): void {
  const kernel = openKernel(encodeModel(network));
  const { plan } = kernel;
  const trace = kernel.trace(features);
  const expected = judge(network, features).reached;
  for (const [layer, { convolution, name }] of plan.layers.entries()) {
    const { channels, frames, bands } = convolution.output;
    const reached = { currentMin: Infinity, currentMax: -Infinity, membraneMin: Infinity, membraneMax: -Infinity };
    const see = ({ current, reached: height, left }: MembraneStep): void => {
      reached.currentMin = Math.min(reached.currentMin, current);
      reached.currentMax = Math.max(reached.currentMax, current);
      reached.membraneMin = Math.min(reached.membraneMin, height, left);
      reached.membraneMax = Math.max(reached.membraneMax, height);
    };
    for (let place = 0; place < channels * frames * bands; place++) {
      const channel = Math.floor(place / (frames * bands));
      const frame = Math.floor(place / bands) % frames;
      const steps = membraneOf(network, plan, trace, { layer, channel, frame, band: place % bands });
      steps.forEach((step, t) => {
        const spike = trace.spikes[layer][t * channels * frames * bands + place];
        assert.equal(Number(step.spiked), spike, `${what}: ${name}, neuron ${place}, timestep ${t}`);
        see(step);
      });
    }
    assert.deepEqual(reached, expected[layer], `${what}: extremes of ${name}`);
  }
}

describe('the membrane of every neuron gives the kernel’s spikes and the judge’s extremes', () => {
  for (const neuron of ['if', 'atif-u', 'atif-nu'] satisfies NeuronKind[]) {
    for (const [dimensions, padding] of [
      [1, 'valid'],
      [1, 'same'],
      [2, 'same'],
    ] as const) {
      test(`in ${dimensions}-D networks with ${neuron} neurons and padding ${padding}`, () => {
        for (let seed = 0; seed < 3; seed++) {
          const network = randomQuantizedNetwork(40 + seed, { neuron, dimensions, padding, classes: 3, timesteps: 4 });
          const [{ features }] = featureMaps(network, seed);
          check(network, features, `seed ${seed}`);
        }
      });
    }
  }

  test('at the limits of int16 and int32', () => {
    const { network, features } = networkAtBounds(5, 0);
    check(network, features, 'at bounds');
  });
});

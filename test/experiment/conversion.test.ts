import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Checkpoint, type NetworkSpec, planNetwork, shapeSize } from '../../host/core/network/index.js';
import { foldNetwork, quantizeNetwork } from '../../host/core/quantization/index.js';
import { activationRange, convertToSpikes } from '../../host/experiment/conversion.js';
import { FloatSimulator } from '../../host/experiment/simulate.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { inFloat64, randomCheckpoint, referenceInput, representableCheckpoint } from '../quantization/checkpoints.js';
import { forward } from '../reference/index.js';

const line: NetworkSpec = {
  input: { frames: 21, coefficients: 10 },
  dimensions: 1,
  stem: { channels: 8, kernel: [5, 1], stride: [1, 1] },
  stages: [
    { blocks: 1, channels: 8, kernel: [3, 1], stride: [1, 1] },
    { blocks: 1, channels: 12, kernel: [5, 1], stride: [2, 1] },
  ],
  neuron: 'relu',
  timesteps: 1,
  surrogateSlope: 2,
  classes: 4,
};
const square: NetworkSpec = {
  ...line,
  dimensions: 2,
  stem: { channels: 4, kernel: [3, 3], stride: [2, 1] },
  stages: [
    { blocks: 1, channels: 4, kernel: [3, 3], stride: [1, 1] },
    { blocks: 1, channels: 6, kernel: [3, 3], stride: [2, 2] },
  ],
};
/** Without padding, where shortcuts skip frames. */
const listening: NetworkSpec = { ...line, input: { frames: 33, coefficients: 10 }, padding: 'valid' };
const SHAPES = { '1-D': line, '2-D': square, 'without padding': listening };

const CLIPS = 3;
const speech = (spec: NetworkSpec): Int8Array[] => {
  const network = randomQuantizedNetwork(1, { spec: { ...spec, neuron: 'if' } });
  return Array.from({ length: CLIPS }, (_, seed) => speechLikeFeatures(network, seed));
};
const joined = (clips: readonly Int8Array[]): Int8Array => Int8Array.from(clips.flatMap((clip) => [...clip]));

function reference(checkpoint: Checkpoint, features: Int8Array) {
  const plan = planNetwork(checkpoint.spec);
  return forward(plan, inFloat64(checkpoint.parameters), referenceInput(plan, features), 1, 'running');
}

function simulatorOf(checkpoint: Checkpoint): FloatSimulator {
  return new FloatSimulator(planNetwork(checkpoint.spec), foldNetwork(checkpoint));
}

describe('the range of activations', () => {
  for (const [name, spec] of Object.entries(SHAPES)) {
    test(`is that of the float64 reference, ${name}`, () => {
      const clips = speech(spec);
      const checkpoint = randomCheckpoint(spec, 3, clips);
      const range = activationRange(checkpoint, joined(clips));
      const activations = clips.map((clip) => reference(checkpoint, clip).layers.map(({ neurons }) => neurons.output));
      for (const k of planNetwork(spec).layers.keys()) {
        const sorted = activations.flatMap((layers) => [...layers[k]]).sort((a, b) => a - b);
        const at = (share: number): number => sorted.filter((_, n) => n < share * sorted.length).at(-1)!;
        assert.ok(Math.abs(range.maximum[k] - at(1)) < 1e-5, `layer ${k}: maximum`);
        assert.ok(Math.abs(range.percentile[k] - at(0.999)) < 1e-5, `layer ${k}: percentile`);
      }
    });
  }
});

describe('a converted network', () => {
  for (const [name, spec] of Object.entries(SHAPES)) {
    for (const balance of ['one', 'maximum', 'percentile'] as const) {
      test(`has the thresholds of its balance, and the simulator's spikes are the reference's: ${name}, ${balance}`, () => {
        const clips = speech(spec);
        const checkpoint = randomCheckpoint(spec, 4, clips);
        const range = activationRange(checkpoint, joined(clips));
        const spiking = convertToSpikes(checkpoint, balance === 'one' ? null : range[balance], 6);
        assert.equal(spiking.spec.timesteps, 6);
        planNetwork(spec).layers.forEach(({ name: layer }, k) => {
          const expected = balance === 'one' ? 1 : Math.fround(range[balance][k]);
          assert.deepEqual([...spiking.parameters.get(`${layer}.thresholds`)!], [expected]);
        });
        const simulator = simulatorOf(spiking);
        for (const clip of clips) {
          const expected = reference(spiking, clip);
          const found = simulator.spike(clip, 0);
          assert.deepEqual(found.spikes, expected.spikes);
          assert.ok(found.spikes.some((count) => count > 0));
          for (const [k, logit] of found.logits.entries()) assert.ok(Math.abs(logit - expected.logits[k]) < 1e-6);
        }
      });
    }
  }

  test('comes as close to the ordinary network as its timesteps allow', () => {
    const clips = speech(line);
    const checkpoint = randomCheckpoint(line, 5, clips);
    const range = activationRange(checkpoint, joined(clips));
    const error = (timesteps: number): number => {
      const simulator = simulatorOf(convertToSpikes(checkpoint, range.maximum, timesteps));
      return Math.max(
        ...clips.map((clip) => {
          const { logits } = reference(checkpoint, clip);
          return Math.max(...simulator.spike(clip, 0).logits.map((logit, k) => Math.abs(logit - logits[k])));
        }),
      );
    };
    assert.ok(error(1024) < 0.02, `${error(1024)}`);
    assert.ok(error(1024) < error(16) / 8, `${error(1024)} and ${error(16)}`);
  });

  test('counts the operations that the judge counts in integers', () => {
    const checkpoint = representableCheckpoint({ ...line, neuron: 'atif-u', timesteps: 3 }, 2);
    const network = quantizeNetwork(checkpoint);
    for (const clip of speech(line)) {
      const expected = judge(network, clip);
      const counts = expected.spikes.map((layer) => layer.reduce((sum, spike) => sum + spike, 0));
      const found = simulatorOf(checkpoint).spike(clip, 0);
      assert.deepEqual(found.spikes, counts);
      assert.deepEqual(found.synapticOperations, expected.synapticOperations);
    }
  });
});

describe('membranes that start half full', () => {
  test('round the current to the nearest count of spikes instead of down: ⌊(T·i + Vth/2) / Vth⌋', () => {
    const spec: NetworkSpec = { ...line, stages: [] };
    const clips = speech(spec);
    const checkpoint = randomCheckpoint(spec, 6, clips);
    const range = activationRange(checkpoint, joined(clips));
    const timesteps = 7;
    const spiking = convertToSpikes(checkpoint, range.percentile, timesteps);
    const [threshold] = spiking.parameters.get('stem.thresholds')!;
    const clamped = (count: number): number => Math.min(timesteps, Math.max(0, Math.floor(count)));
    for (const clip of clips) {
      const currents = reference(checkpoint, clip).layers[0].neurons.potential;
      assert.equal(currents.length, shapeSize(planNetwork(spec).layers[0].convolution.output));
      for (const start of [0, 0.5]) {
        const expected = currents.reduce((sum, current) => sum + clamped((timesteps * current) / threshold + start), 0);
        assert.deepEqual(simulatorOf(spiking).spike(clip, start).spikes, [expected]);
      }
    }
  });
});

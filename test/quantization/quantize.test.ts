import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { type Checkpoint, type NetworkSpec, type NeuronKind, planNetwork } from '../../host/core/network/index.js';
import {
  channelBounds,
  channelIntegers,
  foldNetwork,
  INT16,
  INT32,
  type QuantizedNetwork,
  quantizeNetwork,
  worstRoundingErrors,
} from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { randomFeatures, speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { forward } from '../reference/index.js';
import { inFloat64, REPRESENTABLE, randomCheckpoint, referenceInput, representableCheckpoint } from './checkpoints.js';

const line = (neuron: NeuronKind, timesteps = 4, identity = true): NetworkSpec => ({
  input: { frames: 49, coefficients: 10 },
  dimensions: 1,
  stem: { channels: 12, kernel: [5, 1], stride: [1, 1] },
  stages: [
    ...(identity ? [{ blocks: 1, channels: 12, kernel: [3, 1], stride: [1, 1] } as const] : []),
    { blocks: 1, channels: 16, kernel: [5, 1], stride: [2, 1] },
  ],
  neuron,
  timesteps,
  surrogateSlope: 4,
  classes: 6,
});

const square = (neuron: NeuronKind, timesteps = 4, identity = true): NetworkSpec => ({
  input: { frames: 48, coefficients: 10 },
  dimensions: 2,
  stem: { channels: 5, kernel: [3, 3], stride: [2, 1] },
  stages: [
    ...(identity ? [{ blocks: 1, channels: 5, kernel: [3, 3], stride: [1, 1] } as const] : []),
    { blocks: 1, channels: 8, kernel: [3, 3], stride: [2, 2] },
  ],
  neuron,
  timesteps,
  surrogateSlope: 4,
  classes: 5,
});

/** Returns feature maps for a description. */
const speech = (spec: NetworkSpec, count: number): Int8Array[] => {
  const network = randomQuantizedNetwork(1, { spec });
  return Array.from({ length: count }, (_, seed) => speechLikeFeatures(network, seed));
};

function floatForward(checkpoint: Checkpoint, features: Int8Array) {
  const plan = planNetwork(checkpoint.spec);
  return forward(plan, inFloat64(checkpoint.parameters), referenceInput(plan, features), 1, 'running');
}

describe('folding and scaling against the float64 reference', () => {
  for (const neuron of ['if', 'atif-u', 'atif-nu'] as const) {
    for (const [shape, make] of [['1-D', line] as const, ['2-D', square] as const]) {
      test(`${neuron}, ${shape}: without rounding, every spike and every logit equals the float network's`, () => {
        let spikes = 0;
        let neurons = 0;
        for (let seed = 0; seed < 6; seed++) {
          // the identity shortcut of atif-nu uses the mean of the thresholds, which is not an integer here
          const spec = make(neuron, 1 + (seed % 4), neuron !== 'atif-nu');
          const checkpoint = representableCheckpoint(spec, seed);
          const network = quantizeNetwork(checkpoint);
          const random = new Random(seed);
          const features = randomFeatures(network, seed).map(() => random.below(5) - 2);
          for (const { thresholds, bias } of network.layers) {
            const first = [...thresholds.subarray(0, bias.length)];
            assert.deepEqual(new Set(first), new Set([REPRESENTABLE.threshold]));
          }
          const float = floatForward(checkpoint, features);
          const integer = judge(network, features);
          for (const [k, train] of integer.spikes.entries()) {
            assert.deepEqual(train, Uint8Array.from(float.layers[k].neurons.spikes), `seed ${seed}, layer ${k}`);
            spikes += train.reduce((sum, z) => sum + z, 0);
            neurons += train.length;
          }
          for (const [k, score] of integer.scores.entries()) {
            // only the classifier is rounded to int8: half a unit per count
            const counts = float.spikes[float.spikes.length - 1] + 1;
            const error = Math.abs(score * network.classifier.scale - float.logits[k]);
            assert.ok(error <= 0.5 * network.classifier.scale * counts + 1e-6, `logit ${k} is off by ${error}`);
          }
        }
        const density = spikes / neurons;
        assert.ok(density > 0.1 && density < 0.9, `density ${density}`);
      });

      test(`${neuron}, ${shape}: on random networks spike rates and logits stay close to the float network's`, () => {
        for (let seed = 0; seed < 3; seed++) {
          const spec = make(neuron);
          const [clip, ...others] = speech(spec, 4);
          const checkpoint = randomCheckpoint(spec, seed, [clip, ...others]);
          const network = quantizeNetwork(checkpoint);
          const float = floatForward(checkpoint, clip);
          const integer = judge(network, clip);
          for (const [k, train] of integer.spikes.entries()) {
            const ones = train.reduce((sum, z) => sum + z, 0);
            const rate = Math.abs(ones - float.spikes[k]) / train.length;
            assert.ok(rate < 0.02, `seed ${seed}, layer ${k}: rates differ by ${rate}`);
          }
          const spread = Math.max(...float.logits) - Math.min(...float.logits);
          for (const [k, score] of integer.scores.entries()) {
            const error = Math.abs(score * network.classifier.scale - float.logits[k]);
            assert.ok(error < 0.1 * spread, `seed ${seed}: logit ${k} is off by ${error} of ${spread}`);
          }
        }
      });
    }
  }
});

describe('the choice of the scale', () => {
  const spec = line('atif-u');
  const checkpoint = randomCheckpoint(spec, 7, speech(spec, 3));

  test('s · θ is exactly the trained threshold in every channel', () => {
    const network = quantizeNetwork(checkpoint);
    for (const { name, scales, thresholds } of network.layers) {
      const [vth] = checkpoint.parameters.get(`${name}.thresholds`) ?? [];
      for (const [c, scale] of scales.entries()) assert.equal(scale, vth / thresholds[c], `${name} ${c}`);
    }
  });

  /** Counts the channels limited by a weight and those limited by a bound. Fails if neither limits a channel. */
  function whatLimits(trained: Checkpoint): { byWeight: number; byBound: number } {
    const network = quantizeNetwork(trained);
    const limits = { byWeight: 0, byBound: 0 };
    for (const [k, folded] of foldNetwork(trained).layers.entries()) {
      const layer = network.layers[k];
      const channels = layer.bias.length;
      for (let c = 0; c < channels; c++) {
        const theta = layer.thresholds[c] + 1;
        const next = (value: number): number => (value / folded.thresholds[0]) * theta;
        const row = (all: Float64Array): number[] =>
          [...all.subarray((c * all.length) / channels, ((c + 1) * all.length) / channels)].map(next);
        const weights = row(folded.weights);
        const projection = folded.shortcut?.kind === 'projection' ? row(folded.shortcut.weights) : [];
        const identity = folded.shortcut?.kind === 'identity' ? [next(folded.shortcut.amplitude)] : [];
        // rounding changes a current by at most a few units
        const slack = 3;
        const { current, sum } = channelBounds(
          { weights, shortcut: [...projection, ...identity], bias: next(folded.bias[c]), thresholds: [theta] },
          k === 0,
        );
        const lane = k === 0 ? INT32 : INT16;
        if ([...weights, ...projection].some((weight) => Math.abs(weight) > 127)) limits.byWeight++;
        else if (Math.max(current.max, sum.max) + slack > lane.max) limits.byBound++;
        else if (Math.min(current.min, sum.min) - slack < lane.min) limits.byBound++;
        else assert.fail(`${layer.name}, channel ${c} could have θ = ${theta}`);
      }
    }
    return limits;
  }

  test('no larger θ fits: at θ + 1 a weight would exceed 127', () => {
    assert.equal(whatLimits(checkpoint).byBound, 0);
  });

  test('if many equal weights could exceed int16, the bound limits θ, and the current comes close to 32767', () => {
    const wide = { ...spec, stem: { ...spec.stem, channels: 64 } };
    const trained = randomCheckpoint({ ...wide, stages: spec.stages.slice(1) }, 7, speech(wide, 2));
    const parameters = new Map(trained.parameters);
    const weights = Float32Array.from(parameters.get('stage1.block1.conv1.weight') ?? [], () => 0.05);
    const equal = { ...trained, parameters: parameters.set('stage1.block1.conv1.weight', weights) };
    assert.ok(whatLimits(equal).byBound >= 16);
    const { currentMin, currentMax } = quantizeNetwork(equal).layers[1].bounds;
    assert.ok(Math.max(-currentMin, currentMax) > 32_000, `${currentMin}…${currentMax}`);
  });

  test('every weight is off by less than one unit, and the report gives the worst', () => {
    const network = quantizeNetwork(checkpoint);
    const folded = foldNetwork(checkpoint);
    for (const [k, worst] of worstRoundingErrors(checkpoint, network).entries()) {
      const { weights, scales, thresholds } = network.layers[k];
      const row = weights.length / scales.length;
      for (const [at, weight] of weights.entries()) {
        const c = Math.floor(at / row);
        const error = Math.abs(weight - folded.layers[k].weights[at] / scales[c]);
        assert.ok(error < 1, `${worst.layer}[${at}] is off by ${error} units`);
        assert.ok(error / thresholds[c] <= worst.ofThreshold + 1e-12);
      }
    }
  });

  test('the weights of each kernel and of each channel keep their sum to within half a unit', () => {
    const network = quantizeNetwork(checkpoint);
    const folded = foldNetwork(checkpoint);
    for (const [k, { convolution, name }] of planNetwork(spec).layers.entries()) {
      const { weights, scales } = network.layers[k];
      const row = weights.length / scales.length;
      for (const [c, scale] of scales.entries()) {
        const drift = (from: number, to: number): number => {
          let sum = 0;
          for (let at = c * row + from; at < c * row + to; at++)
            sum += weights[at] - folded.layers[k].weights[at] / scale;
          return Math.abs(sum);
        };
        assert.ok(drift(0, row) <= 0.5 + 1e-9, `${name}, channel ${c} drifts by ${drift(0, row)}`);
        const taps = convolution.kernel[0] * convolution.kernel[1];
        // adjusting the channel's sum may change one weight of a kernel again
        for (let first = 0; first < row; first += taps) assert.ok(drift(first, first + taps) <= 1.5 + 1e-9);
      }
    }
  });

  test('atif-nu: the largest threshold is exact, the others are rounded to the nearest integer', () => {
    const nu = line('atif-nu');
    const trained = randomCheckpoint(nu, 3, speech(nu, 3));
    for (const { name, scales, thresholds } of quantizeNetwork(trained).layers) {
      const floats = [...(trained.parameters.get(`${name}.thresholds`) ?? [])];
      const top = floats.indexOf(Math.max(...floats));
      for (const [c, scale] of scales.entries()) {
        assert.equal(scale, floats[top] / thresholds[top * scales.length + c]);
        for (const [t, vth] of floats.entries()) {
          assert.equal(thresholds[t * scales.length + c], Math.round(vth / scale), `${name} ${c} ${t}`);
        }
      }
    }
  });
});

describe('scales at which the kernel adds two channels at once', () => {
  /** Whether θ − 1 − V of any threshold and any membrane of a layer fits in int16. */
  const fits = ({ thresholds, bounds }: QuantizedNetwork['layers'][number]): boolean => {
    const [least, greatest] = [Math.min(...thresholds), Math.max(...thresholds)];
    return greatest - 1 - bounds.membraneMin <= INT16.max && least - 1 - bounds.membraneMax >= INT16.min;
  };
  const spec = line('atif-nu');
  const [clip, ...others] = speech(spec, 4);
  const trained = randomCheckpoint(spec, 7, [clip, ...others]);
  /** The same with a channel that other weights and a bias far below its threshold keep from ever spiking. */
  const silenced = (): Checkpoint => {
    const parameters = new Map(trained.parameters);
    for (const [what, value] of [
      ['gamma', 0.01],
      ['beta', -20],
    ] as const) {
      const name = `stage1.block1.conv1.bn.${what}`;
      const changed = Float32Array.from(parameters.get(name)!);
      changed[0] = value;
      parameters.set(name, changed);
    }
    return { ...trained, parameters };
  };

  test('are found for a channel that would need more than 16 bits, and its layer fires as before', () => {
    const checkpoint = silenced();
    const network = quantizeNetwork(checkpoint);
    for (const layer of network.layers.slice(1)) assert.ok(fits(layer), layer.name);
    const plain = quantizeNetwork(trained);
    const [packed, before] = [network.layers[1], plain.layers[1]];
    const { membraneMin } = packed.bounds;
    assert.ok(membraneMin < -28_000, `the finest scale that fits, not one at which a membrane ends at ${membraneMin}`);
    assert.deepEqual([...packed.scales.subarray(1)], [...before.scales.subarray(1)], 'no other scale changes');
    const float = floatForward(checkpoint, clip);
    for (const [k, train] of judge(network, clip).spikes.entries()) {
      const ones = train.reduce((sum, z) => sum + z, 0);
      assert.ok(Math.abs(ones - float.spikes[k]) / train.length < 0.02, network.layers[k].name);
    }
  });

  test('are not taken where weights would lose more than a bit', () => {
    const long = line('atif-u', 32);
    const network = quantizeNetwork(randomCheckpoint(long, 7, speech(long, 3)));
    const wide = network.layers.slice(1).filter((layer) => !fits(layer));
    assert.ok(wide.length > 0, 'in 32 timesteps a membrane leaves 16 bits');
    for (const { name, weights } of wide) assert.ok(weights.includes(127) || weights.includes(-127), name);
  });
});

describe('channels at the edge', () => {
  const spec = line('atif-u');
  const base = randomCheckpoint(spec, 11, speech(spec, 3));
  const clip = speech(spec, 1)[0];
  const edited = (name: string, edit: (tensor: Float32Array) => void): Checkpoint => {
    const parameters = new Map(base.parameters);
    const copy = Float32Array.from(base.parameters.get(name) ?? assert.fail(name));
    edit(copy);
    return { ...base, parameters: parameters.set(name, copy) };
  };
  const set = (name: string, value: number, at = 0): Checkpoint =>
    edited(name, (tensor) => tensor.fill(value, at, at + 1));

  test('a channel whose gamma is 0 keeps its bias and a finite threshold', () => {
    for (const layer of ['stem', 'stage1.block1.conv1', 'stage1.block1.conv2']) {
      const network = quantizeNetwork(set(`${layer}.bn.gamma`, 0));
      const index = network.layers.findIndex(({ name }) => name === layer);
      const { weights, bias } = channelIntegers(network.layers[index], 0);
      assert.ok(Array.from(weights).every((weight) => weight === 0));
      const beta = base.parameters.get(`${layer}.bn.beta`)?.[0] ?? Number.NaN;
      assert.ok(Math.abs(bias * network.layers[index].scales[0] - beta) < network.layers[index].scales[0]);
      judge(network, clip);
    }
  });

  test('a channel with almost no variance is divided by √(variance + 1e-5)', () => {
    const { weights } = foldNetwork(set('stem.bn.variance', 3e-5)).layers[0];
    const weight = base.parameters.get('stem.weight')?.[4] ?? Number.NaN;
    const gamma = base.parameters.get('stem.bn.gamma')?.[0] ?? Number.NaN;
    const expected = (weight * gamma) / Math.sqrt(4e-5) / 32;
    assert.ok(Math.abs(weights[4] / expected - 1) < 1e-6, `${weights[4]}, expected ${expected}`);
  });

  test('a silent channel, weights and bias 0, never spikes', () => {
    const zeroBeta = set('stage1.block1.conv1.bn.beta', 0);
    const parameters = new Map(zeroBeta.parameters).set(
      'stage1.block1.conv1.bn.gamma',
      Float32Array.from(base.parameters.get('stage1.block1.conv1.bn.gamma') ?? [], (g, c) => (c === 0 ? 0 : g)),
    );
    const network = quantizeNetwork({ ...base, parameters });
    const train = judge(network, clip).spikes[1];
    const perStep = train.length / spec.timesteps;
    for (let t = 0; t < spec.timesteps; t++)
      assert.ok(train.subarray(t * perStep, t * perStep + 49).every((z) => z === 0));
  });

  test('a huge bias makes the scale coarser until the current fits int16, and the channel behaves as in float', () => {
    for (const beta of [3000, -3000]) {
      const checkpoint = set('stage1.block1.conv1.bn.beta', beta);
      const network = quantizeNetwork(checkpoint);
      const layer = network.layers[1];
      assert.ok(layer.thresholds[0] < 16, `θ ${layer.thresholds[0]}`);
      assert.ok(layer.thresholds[1] > 30, 'other channels keep their scale');
      const float = floatForward(checkpoint, clip).layers[1].neurons.spikes;
      const integer = judge(network, clip).spikes[1];
      assert.deepEqual(integer.subarray(0, 49), Uint8Array.from(float.subarray(0, 49)));
    }
  });

  const refusals: [string, Checkpoint, RegExp][] = [
    [
      'a bias beyond int16 at θ = 1',
      set('stage1.block1.conv1.bn.beta', 1e6, 5),
      /stage1\.block1\.conv1, channel 5: .* 32767/,
    ],
    [
      'a weight beyond int8 at θ = 1',
      set('stage1.block1.conv2.bn.gamma', 1e4, 2),
      /stage1\.block1\.conv2, channel 2: .*127/,
    ],
    ['a stem beyond int32', set('stem.bn.beta', 1e10, 1), /stem, channel 1: .* 2147483647/],
    ['a weight that is no number', set('stem.weight', Number.NaN, 3), /stem\.weight holds NaN at 3/],
    ['a negative variance', set('stem.bn.variance', -1, 2), /stem\.bn\.variance is -1 in channel 2/],
    ['a threshold of 0', set('stage2.block1.conv1.thresholds', 0), /stage2\.block1\.conv1: the threshold is 0/],
  ];
  for (const [what, checkpoint, message] of refusals) {
    test(`refuses ${what} and names the place`, () => {
      assert.throws(
        () => quantizeNetwork(checkpoint),
        (error: Error) => {
          assert.ok(error instanceof NetworkError);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test('refuses a network with ordinary activations, and if neurons with a different threshold', () => {
    const relu = { ...base, spec: { ...spec, neuron: 'relu' as const } };
    assert.throws(() => quantizeNetwork(relu), { name: 'NetworkError', message: /relu.*train with if/ });
    const fixed = { ...base, spec: { ...spec, neuron: 'if' as const } };
    assert.throws(() => quantizeNetwork(fixed), { name: 'NetworkError', message: /fixed at 1/ });
  });

  test('a classifier of zeros has a finite scale and equal logits', () => {
    const zeros = edited('classifier.weight', (tensor) => tensor.fill(0));
    const parameters = new Map(zeros.parameters).set('classifier.bias', new Float32Array(spec.classes));
    const network = quantizeNetwork({ ...base, parameters });
    const { scores, class: winner } = judge(network, clip);
    assert.deepEqual(scores, [0, 0, 0, 0, 0, 0]);
    assert.equal(winner, 0);
  });
});

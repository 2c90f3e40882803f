import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type ConvolutionPlan, type NetworkSpec, parameterShapes, planNetwork } from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { batchNorm, batchNormBackward } from './batch-norm.js';
import { classify, classifyBackward, crossEntropy } from './classifier.js';
import { convolve, convolveBackward } from './convolution.js';
import { neurons, neuronsBackward } from './neuron.js';
import { trainingStep } from './training-step.js';

const random = new Random(20230717);
const normals = (count: number): Float64Array => Float64Array.from({ length: count }, () => random.normal());
const dot = (a: Float64Array, b: Float64Array): number => a.reduce((sum, value, at) => sum + value * b[at], 0);

/** Central differences of `value` by every entry of `variable`, against `gradient`, to 1e-6. */
function assertGradient(value: () => number, variable: Float64Array, gradient: Float64Array, what: string): void {
  assert.equal(gradient.length, variable.length, what);
  const step = 1e-5;
  for (let at = 0; at < variable.length; at++) {
    const kept = variable[at];
    variable[at] = kept + step;
    const above = value();
    variable[at] = kept - step;
    const below = value();
    variable[at] = kept;
    const slope = (above - below) / (2 * step);
    const error = Math.abs(slope - gradient[at]);
    assert.ok(error < 1e-6 * (1 + Math.abs(slope)), `${what}[${at}]: ${gradient[at]}, finite difference ${slope}`);
  }
}

function convolutionPlan(
  input: ConvolutionPlan['input'],
  channels: number,
  kernel: [number, number],
  stride: [number, number],
): ConvolutionPlan {
  const { layers } = planNetwork({
    ...BLOCK,
    dimensions: 2,
    input: { frames: input.frames, coefficients: input.bands },
    stem: { channels, kernel, stride },
    stages: [],
  });
  return { ...layers[0].convolution, input };
}

/** A small network with every part: an identity and a projection shortcut, strides in both directions. */
const BLOCK: NetworkSpec = {
  input: { frames: 7, coefficients: 5 },
  dimensions: 2,
  stem: { channels: 3, kernel: [3, 3], stride: [1, 1] },
  stages: [
    { blocks: 1, channels: 3, kernel: [3, 1], stride: [1, 1] },
    { blocks: 1, channels: 4, kernel: [3, 3], stride: [2, 2] },
  ],
  neuron: 'relu',
  timesteps: 3,
  surrogateSlope: 2,
  classes: 3,
};

describe('the gradients of the reference are those of finite differences', () => {
  const shapes: [string, ConvolutionPlan][] = [
    ['1-D', convolutionPlan({ channels: 3, frames: 8, bands: 1 }, 2, [5, 1], [1, 1])],
    ['1-D, stride 2', convolutionPlan({ channels: 2, frames: 9, bands: 1 }, 3, [3, 1], [2, 1])],
    ['2-D, strides 2 and 3', convolutionPlan({ channels: 2, frames: 6, bands: 7 }, 2, [3, 5], [2, 3])],
    ['1 × 1 projection', convolutionPlan({ channels: 3, frames: 5, bands: 4 }, 2, [1, 1], [2, 2])],
  ];
  for (const [name, plan] of shapes) {
    test(`convolution, ${name}`, () => {
      const input = normals(2 * plan.input.channels * plan.input.frames * plan.input.bands);
      const weight = normals(plan.output.channels * plan.input.channels * plan.kernel[0] * plan.kernel[1]);
      const upstream = normals(convolve(plan, input, weight, 2).length);
      const value = (): number => dot(upstream, convolve(plan, input, weight, 2));
      const gradient = convolveBackward(plan, input, weight, upstream, 2);
      assertGradient(value, input, gradient.input, 'input');
      assertGradient(value, weight, gradient.weight, 'weight');
    });
  }

  test('batch norm in training mode', () => {
    const [images, positions] = [3, 4];
    const input = normals(images * 2 * positions);
    const gamma = normals(2);
    const beta = normals(2);
    const upstream = normals(input.length);
    const value = (): number => dot(upstream, batchNorm(input, gamma, beta, images, positions).output);
    const forward = batchNorm(input, gamma, beta, images, positions);
    const gradient = batchNormBackward(forward, gamma, upstream, images, positions);
    assertGradient(value, input, gradient.input, 'input');
    assertGradient(value, gamma, gradient.gamma, 'gamma');
    assertGradient(value, beta, gradient.beta, 'beta');
  });

  test('classifier', () => {
    const features = normals(4 * 5);
    const weight = normals(3 * 5);
    const bias = normals(3);
    const upstream = normals(4 * 3);
    const value = (): number => dot(upstream, classify(features, weight, bias));
    const gradient = classifyBackward(features, weight, upstream, 3);
    assertGradient(value, features, gradient.features, 'features');
    assertGradient(value, weight, gradient.weight, 'weight');
    assertGradient(value, bias, gradient.bias, 'bias');
  });

  for (const labelSmoothing of [0, 0.1]) {
    test(`cross-entropy, label smoothing ${labelSmoothing}`, () => {
      const logits = normals(3 * 4);
      const labels = Int32Array.of(0, 3, 2);
      const { gradient } = crossEntropy(logits, labels, 4, labelSmoothing);
      assertGradient(() => crossEntropy(logits, labels, 4, labelSmoothing).loss, logits, gradient, 'logits');
    });
  }

  test('a whole step of a network of rectifiers, all of which is smooth', () => {
    const plan = planNetwork(BLOCK);
    const parameters = new Map(
      parameterShapes(plan)
        .filter(({ role }) => role !== 'statistic')
        .map(({ name, shape }) => [name, normals(shape.reduce((size, n) => size * n, 1))]),
    );
    const clips = 2;
    const input = normals(clips * BLOCK.input.frames * BLOCK.input.coefficients);
    const labels = Int32Array.of(2, 0);
    const settings = { labelSmoothing: 0.05, spikePenalty: 0.3 };
    const step = trainingStep(plan, parameters, input, labels, settings);
    assert.deepEqual([...step.gradients.keys()].sort(), [...parameters.keys()].sort());
    for (const [name, values] of parameters) {
      const value = (): number => trainingStep(plan, parameters, input, labels, settings).loss;
      assertGradient(value, values, step.gradients.get(name) ?? new Float64Array(0), name);
    }
  });
});

describe('the neurons of the reference', () => {
  test('carry what the reset leaves, and spike at the threshold itself', () => {
    const { spikes, membrane } = neurons('atif-u', new Float64Array(5).fill(0.375), Float64Array.of(0.5), 5);
    assert.deepEqual([...spikes], [0, 1, 1, 1, 0]);
    assert.deepEqual([...membrane], [0.375, 0.25, 0.125, 0, 0.375]);
  });

  test('take the surrogate for the derivative of the spike, along the chain through the resets', () => {
    // Two steps of one neuron by hand: H1 = i1, z1, V1 = H1 − z1·v, H2 = V1 + i2, z2; output v·z.
    const [i1, i2, v, slope, u1, u2] = [0.7, 0.2, 0.6, 3, 1.5, -0.4];
    const surrogate = (h: number): number => {
      const s = 1 / (1 + Math.exp(-slope * (h - v)));
      return slope * s * (1 - s);
    };
    const s1 = surrogate(i1);
    const s2 = surrogate(i1 - v + i2);
    const byInput2 = u2 * v * s2;
    const byInput1 = u1 * v * s1 + byInput2 * (1 - v * s1);
    // dH1/dv = 0, dz1/dv = −s1, dV1/dv = v·s1 − z1, dz2/dv = s2·(dV1/dv − 1); the output also grows with v itself.
    const byThreshold = u1 * (1 - v * s1) + u2 * (0 + v * s2 * (v * s1 - 1 - 1));
    const thresholds = Float64Array.of(v);
    const forward = neurons('atif-u', Float64Array.of(i1, i2), thresholds, 2);
    assert.deepEqual([...forward.spikes], [1, 0]);
    const gradient = neuronsBackward('atif-u', forward, thresholds, 2, slope, Float64Array.of(u1, u2));
    assert.ok(Math.abs(gradient.input[0] - byInput1) < 1e-12);
    assert.ok(Math.abs(gradient.input[1] - byInput2) < 1e-12);
    assert.ok(Math.abs(gradient.thresholds[0] - byThreshold) < 1e-12);
  });

  test('pay the spike penalty in the loss as in the gradient', () => {
    const plan = planNetwork({ ...BLOCK, neuron: 'atif-u' });
    const parameters = new Map(
      parameterShapes(plan).map(({ name, shape, role }) => {
        const values = normals(shape.reduce((size, n) => size * n, 1));
        return [name, role === 'threshold' ? values.map((value) => 0.5 + Math.abs(value)) : values];
      }),
    );
    const input = normals(2 * BLOCK.input.frames * BLOCK.input.coefficients);
    const labels = Int32Array.of(1, 1);
    const run = (spikePenalty: number) =>
      trainingStep(plan, parameters, input, labels, { labelSmoothing: 0, spikePenalty });
    const [free, once, twice] = [run(0), run(1), run(2)];
    const perNeuron = plan.layers.map((layer, k) => free.spikes[k] / (2 * layer.neurons));
    const mean = perNeuron.reduce((sum, value) => sum + value, 0) / perNeuron.length;
    assert.ok(mean > 0);
    assert.ok(Math.abs(once.loss - free.loss - mean) < 1e-12);
    for (const [name, gradient] of free.gradients) {
      // Linear in λ, and where the layer lies before the spikes, not zero.
      const first = gradient.map((value, at) => (once.gradients.get(name)?.[at] ?? 0) - value);
      const second = gradient.map((value, at) => (twice.gradients.get(name)?.[at] ?? 0) - value);
      for (let at = 0; at < first.length; at++) assert.ok(Math.abs(second[at] - 2 * first[at]) < 1e-10, name);
      const moves = first.some((value) => Math.abs(value) > 1e-9);
      assert.equal(moves, !name.startsWith('classifier.'), name);
    }
  });
});

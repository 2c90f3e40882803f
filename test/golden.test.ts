import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type NetworkPlan, parameterShapes } from '../host/core/network/index.js';
import { openTrainingEngine } from '../host/training/index.js';
import { type NetworkCase, networkCases, neuronCases } from './golden-vectors.js';
import { neurons, neuronsBackward, trainingStep } from './reference/index.js';
import { runNeuronKernels } from './training/engine/neuron-kernels.js';

// test/features/golden.test.ts compares the front ends with mfcc.json.

const REFERENCE_TOLERANCE = 1e-9;
/** The relative tolerance of single precision. */
const KERNEL_TOLERANCE = 1e-4;
/** Smaller values count as this fraction of the tensor's root mean square: they are differences of larger ones. */
const KERNEL_FLOOR = 0.1;

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  for (let k = 0; k < expected.length; k++) {
    const difference = Math.abs(actual[k] - expected[k]);
    assert.ok(difference <= tolerance, `${what}[${k}]: ${actual[k]}, expected ${expected[k]}`);
  }
}

/** Compares with a relative tolerance of 1e-4: the whole tensor by its norm, and every value. */
function assertCloseRelative(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  const norm = Math.hypot(...Array.from(expected));
  const error = Math.hypot(...Array.from(expected, (value, k) => actual[k] - value));
  assert.ok(error <= KERNEL_TOLERANCE * norm, `${what}: off by ${error} of ${norm}`);
  const floor = (KERNEL_FLOOR * norm) / Math.sqrt(expected.length);
  for (let k = 0; k < expected.length; k++) {
    const allowed = KERNEL_TOLERANCE * Math.max(Math.abs(expected[k]), floor);
    assert.ok(Math.abs(actual[k] - expected[k]) <= allowed, `${what}[${k}]: ${actual[k]}, expected ${expected[k]}`);
  }
}

/**
 * The tensors of a case in single precision; batch norm's running statistics, which training does not read, at rest.
 */
function engineParameters(plan: NetworkPlan, given: ReadonlyMap<string, Float64Array>): Map<string, Float32Array> {
  return new Map(
    parameterShapes(plan).map(({ name, shape }) => {
      const atRest = new Float32Array(shape.reduce((size, n) => size * n, 1)).fill(name.endsWith('.variance') ? 1 : 0);
      return [name, Float32Array.from(given.get(name) ?? atRest)];
    }),
  );
}

/** [clip][coefficient][frame] → [clip][frame][coefficient], as the engine reads features. */
function engineFeatures({ plan, input, labels }: NetworkCase): Float32Array {
  const { frames, coefficients } = plan.spec.input;
  return Float32Array.from({ length: labels.length * frames * coefficients }, (_, at) => {
    const coefficient = at % coefficients;
    const frame = Math.floor(at / coefficients) % frames;
    const clip = Math.floor(at / (coefficients * frames));
    return input[(clip * coefficients + coefficient) * frames + frame];
  });
}

describe('neurons.json', () => {
  for (const golden of neuronCases()) {
    const title = `${golden.kind}, T = ${golden.T}, slope ${golden.alpha}`;
    test(`the float64 reference gives the same spikes and gradients: ${title}`, () => {
      const { kind, T, alpha } = golden;
      const thresholds = Float64Array.from(golden.thresholds);
      const forward = neurons(kind, Float64Array.from(golden.input), thresholds, T);
      assert.deepEqual([...forward.spikes], golden.spikes);
      assertClose(forward.membrane, golden.membrane, REFERENCE_TOLERANCE, 'membrane');
      const gradient = neuronsBackward(kind, forward, thresholds, T, alpha, Float64Array.from(golden.upstream));
      assertClose(gradient.input, golden.gradInput, REFERENCE_TOLERANCE, 'gradient of the input');
      assertClose(gradient.thresholds, golden.gradThresholds, REFERENCE_TOLERANCE, 'gradient of the thresholds');
    });

    test(`the WebAssembly kernels give the same spikes and gradients: ${title}`, () => {
      const result = runNeuronKernels({ ...golden, timesteps: golden.T, slope: golden.alpha });
      assert.deepEqual(result.spikes, golden.spikes);
      assertCloseRelative(result.gradInput, golden.gradInput, 'gradient of the input');
      assertCloseRelative(result.gradThresholds, golden.gradThresholds, 'gradient of the thresholds');
    });
  }
});

describe('network.json', () => {
  for (const golden of networkCases()) {
    const { kind, plan, parameters, input, labels } = golden;
    test(`the float64 reference gives the same training step: ${kind}`, () => {
      const step = trainingStep(plan, parameters, input, labels, { labelSmoothing: 0, spikePenalty: 0 });
      if (golden.spikes !== null) assert.deepEqual(step.spikes, golden.spikes);
      assertClose(step.logits, golden.logits, REFERENCE_TOLERANCE, 'logits');
      assertClose([step.loss], [golden.loss], REFERENCE_TOLERANCE, 'loss');
      assert.deepEqual([...step.gradients.keys()].sort(), [...golden.gradients.keys()].sort());
      for (const [name, expected] of golden.gradients) {
        assertClose(step.gradients.get(name) ?? [], expected, REFERENCE_TOLERANCE, `gradient of ${name}`);
      }
    });

    test(`the training engine gives the same training step: ${kind}`, async () => {
      const engine = await openTrainingEngine({
        plan,
        batchSize: labels.length,
        threads: 2,
        optimizer: {
          kind: 'sgd',
          weightDecay: 0,
          momentum: 0,
          beta1: 0.9,
          beta2: 0.999,
          epsilon: 1e-8,
          gradientClip: 0,
        },
      });
      try {
        engine.setParameters(engineParameters(plan, parameters));
        const step = engine.gradients(engineFeatures(golden), labels);
        if (golden.spikes !== null) assert.deepEqual([...step.spikes], golden.spikes);
        assertCloseRelative(step.logits, golden.logits, 'logits');
        assertCloseRelative([step.loss], [golden.loss], 'loss');
        for (const [name, expected] of golden.gradients) {
          assertCloseRelative(step.gradients.get(name) ?? [], expected, `gradient of ${name}`);
        }
      } finally {
        await engine.close();
      }
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { networkCases, neuronCases } from './golden-vectors.js';
import { neurons, neuronsBackward, trainingStep } from './reference/index.js';

/** What was printed with 12 digits after the point cannot be met better than this. */
const REFERENCE_TOLERANCE = 1e-9;

function assertClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: number, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  for (let k = 0; k < expected.length; k++) {
    const difference = Math.abs(actual[k] - expected[k]);
    assert.ok(difference <= tolerance, `${what}[${k}]: ${actual[k]}, expected ${expected[k]}`);
  }
}

describe('neurons.json', () => {
  for (const golden of neuronCases()) {
    const title = `${golden.kind}, T = ${golden.T}, slope ${golden.alpha}`;
    test(`the float64 reference spikes and differentiates as given: ${title}`, () => {
      const { kind, T, alpha } = golden;
      const thresholds = Float64Array.from(golden.thresholds);
      const forward = neurons(kind, Float64Array.from(golden.input), thresholds, T);
      assert.deepEqual([...forward.spikes], golden.spikes);
      assertClose(forward.membrane, golden.membrane, REFERENCE_TOLERANCE, 'membrane');
      const gradient = neuronsBackward(kind, forward, thresholds, T, alpha, Float64Array.from(golden.upstream));
      assertClose(gradient.input, golden.gradInput, REFERENCE_TOLERANCE, 'gradient of the input');
      assertClose(gradient.thresholds, golden.gradThresholds, REFERENCE_TOLERANCE, 'gradient of the thresholds');
    });
  }
});

describe('network.json', () => {
  for (const golden of networkCases()) {
    const { kind, plan, parameters, input, labels } = golden;
    test(`the float64 reference trains one step as given: ${kind}`, () => {
      const step = trainingStep(plan, parameters, input, labels, { labelSmoothing: 0, spikePenalty: 0 });
      if (golden.spikes !== null) assert.deepEqual(step.spikes, golden.spikes);
      assertClose(step.logits, golden.logits, REFERENCE_TOLERANCE, 'logits');
      assertClose([step.loss], [golden.loss], REFERENCE_TOLERANCE, 'loss');
      assert.deepEqual([...step.gradients.keys()].sort(), [...golden.gradients.keys()].sort());
      for (const [name, expected] of golden.gradients) {
        assertClose(step.gradients.get(name) ?? [], expected, REFERENCE_TOLERANCE, `gradient of ${name}`);
      }
    });
  }
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  type NeuronKind,
  type Parameters,
  planNetwork,
  presetNetwork,
  withSpikingNeurons,
} from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { forward, type ReferenceParameters } from '../reference/index.js';
import { exampleParameters } from '../training/engine/networks.js';

const CLIPS = 12;

const shape = presetNetwork('tiny', { classes: 6, neuron: 'relu' });
const specOf = (neuron: NeuronKind, timesteps: number) => ({ ...shape, neuron, timesteps });
const rectified = exampleParameters(planNetwork(shape), new Random(3));
const { frames, coefficients } = shape.input;
const random = new Random(5);
const input = Float64Array.from({ length: CLIPS * frames * coefficients }, () => random.normal());

const wide = (parameters: Parameters): ReferenceParameters =>
  new Map([...parameters].map(([name, tensor]) => [name, Float64Array.from(tensor)]));

/** Returns the logits by the plain formulas. */
function answerOf(neuron: NeuronKind, timesteps: number, parameters: Parameters) {
  const plan = planNetwork(specOf(neuron, timesteps));
  return forward(plan, wide(parameters), input, CLIPS, 'batch').logits;
}

/** The squared differences from the expected values, as a fraction of their variance. */
function error(actual: Float64Array, expected: Float64Array): number {
  const mean = expected.reduce((sum, value) => sum + value, 0) / expected.length;
  const sum = (of: (k: number) => number): number => expected.reduce((total, _, k) => total + of(k) ** 2, 0);
  return sum((k) => actual[k] - expected[k]) / sum((k) => expected[k] - mean);
}

describe('spiking neurons for a network of relu', () => {
  const expected = answerOf('relu', 1, rectified);

  for (const neuron of ['atif-u', 'atif-nu'] as const) {
    test(`of kind ${neuron} give nearly its answers, by the plain formulas`, () => {
      const answers = (timesteps: number, scale = 1): number => {
        const parameters = withSpikingNeurons(rectified, specOf(neuron, timesteps));
        const scaled = [...parameters].map(([name, tensor]): [string, Float32Array] => [
          name,
          name.endsWith('.thresholds') ? tensor.map((value) => value * scale) : tensor,
        ]);
        return error(answerOf(neuron, timesteps, new Map(scaled)), expected);
      };
      const [four, many] = [answers(4), answers(16)];
      assert.ok(four < 0.35 && many < 0.2, `${four} in 4 timesteps, ${many} in 16`);
      // other thresholds are worse, so it is they that do it
      assert.ok(answers(4, 6) > four + 0.2, `${answers(4, 6)} with high thresholds`);
      assert.ok(answers(4, 1 / 6) > four + 0.05, `${answers(4, 1 / 6)} with low thresholds`);
    });
  }

  test('keep its weights, and have the thresholds of their kind', () => {
    const nonUniform = withSpikingNeurons(rectified, specOf('atif-nu', 4));
    for (const [name, tensor] of rectified) assert.equal(nonUniform.get(name), tensor, name);
    assert.equal(nonUniform.get('stem.thresholds')!.length, 4);
    assert.deepEqual([...withSpikingNeurons(rectified, specOf('if', 4)).get('stem.thresholds')!], [1]);
    assert.equal(withSpikingNeurons(rectified, specOf('atif-u', 4)).get('stem.thresholds')!.length, 1);
  });

  test('have thresholds that grow with the current', () => {
    const louder = new Map(rectified);
    for (const what of ['gamma', 'beta']) {
      louder.set(
        `stem.bn.${what}`,
        rectified.get(`stem.bn.${what}`)!.map((value) => 3 * value),
      );
    }
    const threshold = (parameters: Parameters) =>
      withSpikingNeurons(parameters, specOf('atif-u', 4)).get('stem.thresholds')![0];
    assert.ok(Math.abs(threshold(louder) / threshold(rectified) - 3) < 1e-5);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { spikeCount } from '../../bench/sqnr/neuron.js';
import { infeasibleTimesteps, printedThresholds, thresholdsFromPoints } from '../../bench/sqnr/quantization-points.js';
import { measuredPoints } from '../../bench/sqnr/quantizer.js';
import { comparePoints } from '../../bench/sqnr/sqnr.js';

const UNIFORM = [1, 0.75, 0.5, 0.25] as const;

describe('Eq. 19 as printed', () => {
  test('gives uniform points a second threshold of 1.25 Vth', () => {
    assert.deepEqual(printedThresholds(UNIFORM), [1, 1.25, 1, 1]);
  });

  test('breaks its own third condition: at p₂ ≤ i < p₁ two timesteps spike instead of three', () => {
    const thresholds = printedThresholds(UNIFORM);
    assert.equal(spikeCount(0.78, thresholds), 2);
    // By hand: H = 0.78, 1.56 ≥ 1.25 leaves 0.31, 1.09 ≥ 1 leaves 0.09, 0.87 < 1.
    const { failures } = comparePoints(UNIFORM).printed;
    assert.deepEqual(
      failures.map(({ spikes, demanded }) => [spikes, demanded]),
      [
        [2, 3],
        [3, 4],
      ],
    );
    const near = (actual: number, expected: number): void => assert.ok(Math.abs(actual - expected) < 1e-3, `${actual}`);
    near(failures[0].from, 0.75);
    near(failures[0].to, 0.8125);
    near(failures[1].from, 1);
    near(failures[1].to, 1.125);
  });
});

describe('the general solution', () => {
  test('gives one threshold for uniform points, and the required spikes for every input', () => {
    assert.deepEqual(thresholdsFromPoints(UNIFORM), [1, 1, 1, 1]);
    assert.deepEqual(infeasibleTimesteps(UNIFORM), []);
    assert.deepEqual(comparePoints(UNIFORM).general.failures, []);
  });

  test('sums to T·p₁ for all points', () => {
    const sum = thresholdsFromPoints([0.9, 0.8, 0.3, 0.1]).reduce((total, threshold) => total + threshold, 0);
    assert.ok(Math.abs(sum - 4 * 0.9) < 1e-12);
  });

  test('cannot reach the best points in the published order of spikes: t·p_t < Vth(t) at t = 1', () => {
    const best = [0.187, 0.134, 0.081, 0.027] as const;
    assert.deepEqual(infeasibleTimesteps(best), [1]);
    // In another order, the neuron reaches them.
    const reordered = measuredPoints([0.1335, 0.2139, 0.2136, 0.1071], 0.3);
    for (const [k, point] of reordered.entries()) assert.ok(Math.abs(point - best[k]) < 1.5e-3, `${reordered}`);
  });

  test('is not exact for points that are not uniform, even where t·p_t ≥ Vth(t) holds', () => {
    const points = [1, 0.9, 0.7, 0.4] as const;
    assert.deepEqual(infeasibleTimesteps(points), []);
    // At p₄ ≤ i = 0.55 < p₃ only the last timestep should spike. By hand, Vth = 0.4, 0.8, 1.2, 1.6: H = 0.55 spikes and
    // leaves 0.15, 0.7, 1.25 spikes and leaves 0.05, 0.6.
    const failure = comparePoints(points).general.failures.find(({ from, to }) => from < 0.55 && to > 0.55);
    assert.deepEqual([failure?.spikes, failure?.demanded], [2, 1]);
  });
});

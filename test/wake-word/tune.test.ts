import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import { oddsFor } from '../../host/core/wakeword/tune.js';

const STEP = 0.25;
const STEPS = 37;

/** False accepts at thresholds of k · STEP, if scores have an exponential tail: `first` at even odds. */
const exponential = (first: number, slope: number): number[] =>
  Array.from({ length: STEPS }, (_, k) => Math.round(first * Math.exp(-slope * k * STEP)));

describe('the threshold for a rate of false accepts', () => {
  test('is where an exponential tail has as many', () => {
    const counts = exponential(80, 0.55);
    for (const wanted of [10, 4, 1]) {
      const exact = Math.log(80 / wanted) / 0.55;
      assert.ok(Math.abs(oddsFor(counts, wanted) - exact) < 0.5, `${wanted}: ${oddsFor(counts, wanted)}, not ${exact}`);
    }
  });

  test('is found beyond the last false accept', () => {
    const counts = exponential(20, 0.55);
    const exact = Math.log(20 / 0.2) / 0.55;
    assert.ok(Math.abs(oddsFor(counts, 0.2) - exact) < 1, `${oddsFor(counts, 0.2)}, not ${exact}`);
  });

  test('keeps the rate on average, for random scores', () => {
    const random = new Random(3);
    const rate = 2;
    const trials = 40;
    let accepts = 0;
    for (let trial = 0; trial < trials; trial++) {
      const peaks = (): number[] => Array.from({ length: 200 }, () => -2 - Math.log(1 - random.uniform()) / 0.55);
      const [seen, unseen] = [peaks(), peaks()];
      const counts = Array.from({ length: STEPS }, (_, k) => seen.filter((peak) => peak >= k * STEP).length);
      const odds = oddsFor(counts, rate);
      accepts += unseen.filter((peak) => peak >= odds).length;
    }
    const mean = accepts / trials;
    assert.ok(mean > rate / 2 && mean < rate * 2, `${mean} instead of ${rate}`);
  });

  test('is as strict where nothing was accepted as if one thing had been', () => {
    const none = Array(STEPS).fill(0);
    assert.equal(oddsFor(none, 1), 0);
    assert.ok(Math.abs(oddsFor(none, 0.1) - Math.log(10) / 0.5) < 1e-9);
    assert.equal(oddsFor([1, ...none.slice(1)], 0.1), oddsFor(none, 0.1));
  });

  test('is the strictest where other words are always taken for it', () => {
    assert.equal(oddsFor(Array(STEPS).fill(500), 1), 9);
  });
});

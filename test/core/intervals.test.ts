import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { rateInterval, wilsonInterval } from '../../host/core/statistics/index.js';

describe('the interval of a proportion', () => {
  // R. G. Newcombe, "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17 (1998),
  // table I, method 3 (score method without continuity correction).
  const published = [
    { successes: 81, trials: 263, low: 0.2553, high: 0.3662 },
    { successes: 15, trials: 148, low: 0.0624, high: 0.1605 },
    { successes: 0, trials: 20, low: 0.0, high: 0.1611 },
    { successes: 1, trials: 29, low: 0.0061, high: 0.1718 },
  ];
  for (const { successes, trials, low, high } of published) {
    test(`of ${successes} in ${trials} is the published one`, () => {
      const interval = wilsonInterval(successes, trials);
      assert.ok(Math.abs(interval[0] - low) < 5.1e-5, `${interval[0]} is not ${low}`);
      assert.ok(Math.abs(interval[1] - high) < 5.1e-5, `${interval[1]} is not ${high}`);
    });
  }

  test('of a perfect score ends at 1 and does not begin there', () => {
    const [low, high] = wilsonInterval(40, 40);
    assert.equal(high, 1);
    assert.ok(low < 0.95);
  });
});

describe('the interval of a rate', () => {
  // E. S. Pearson and H. O. Hartley, "Biometrika tables for statisticians", volume 1, table 40: confidence limits for
  // the expectation of a Poisson variable, 95 %, after Garwood. Given to three figures.
  const published = [
    { count: 0, low: 0, high: 3.69 },
    { count: 1, low: 0.0253, high: 5.57 },
    { count: 2, low: 0.242, high: 7.22 },
    { count: 3, low: 0.619, high: 8.77 },
    { count: 5, low: 1.62, high: 11.67 },
    { count: 10, low: 4.8, high: 18.39 },
    { count: 20, low: 12.22, high: 30.89 },
    { count: 30, low: 20.24, high: 42.83 },
    { count: 50, low: 37.11, high: 65.92 },
  ];
  for (const { count, low, high } of published) {
    test(`of ${count} events in an hour is the published one`, () => {
      const interval = rateInterval(count, 1);
      const step = low < 0.1 ? 5.1e-5 : low < 1 ? 5.1e-4 : 5.1e-3;
      assert.ok(Math.abs(interval[0] - low) < step, `${interval[0]} is not ${low}`);
      assert.ok(Math.abs(interval[1] - high) < 5.1e-3, `${interval[1]} is not ${high}`);
    });
  }

  test('without an event ends at −ln 0.025', () => {
    assert.ok(Math.abs(rateInterval(0, 1)[1] + Math.log(0.025)) < 1e-9);
  });

  test('is divided by the hours', () => {
    const [low, high] = rateInterval(7, 1);
    assert.deepEqual(rateInterval(7, 4), [low / 4, high / 4]);
  });

  test('of many events comes close to that of a normal distribution', () => {
    const [low, high] = rateInterval(40_000, 1);
    assert.ok(Math.abs(low - (40_000 - 1.96 * 200)) < 4 && Math.abs(high - (40_000 + 1.96 * 200)) < 4);
  });
});

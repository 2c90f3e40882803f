import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../host/core/random.js';

describe('Random', () => {
  test('gives the numbers of the published xoshiro128** in C from state 1, 2, 3, 4', () => {
    const random = Random.from([1, 2, 3, 4]);
    // First outputs of xoshiro128starstar.c: rotl(s1 * 5, 7) * 9 for s1 = 2 is 11520, then 0, 5927040, 70819200.
    assert.deepEqual(
      [random.uint32(), random.uint32(), random.uint32(), random.uint32()],
      [11520, 0, 5927040, 70819200],
    );
  });

  test('gives the same stream for the same seeds, and another for other seeds or another order', () => {
    const first = (...seeds: number[]): number => new Random(...seeds).uint32();
    assert.equal(first(1, 2), first(1, 2));
    assert.equal(new Set([first(1, 2), first(2, 1), first(1), first(1, 2, 0), first(0, 1)]).size, 5);
  });

  test('continues a saved stream where it was', () => {
    const random = new Random(5);
    random.uint32();
    const state = random.save();
    const expected = [random.uint32(), random.uint32()];
    const again = Random.from(state);
    assert.deepEqual([again.uint32(), again.uint32()], expected);
  });

  test('has the moments of the uniform and the normal distribution over 100,000 numbers', () => {
    const random = new Random(11);
    const n = 100_000;
    let mean = 0;
    let normalMean = 0;
    let normalSquare = 0;
    for (let k = 0; k < n; k++) {
      mean += random.uniform() / n;
      const z = random.normal();
      normalMean += z / n;
      normalSquare += (z * z) / n;
    }
    // Five standard errors.
    assert.ok(Math.abs(mean - 0.5) < 5 * Math.sqrt(1 / 12 / n));
    assert.ok(Math.abs(normalMean) < 5 / Math.sqrt(n));
    assert.ok(Math.abs(normalSquare - 1) < 5 * Math.sqrt(2 / n));
  });

  test('keeps every item in a shuffle', () => {
    const items = new Random(3).shuffle(Uint16Array.from({ length: 100 }, (_, k) => k));
    assert.notDeepEqual(
      [...items],
      [...items].sort((a, b) => a - b),
    );
    assert.deepEqual(
      [...items].sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, k) => k),
    );
  });
});

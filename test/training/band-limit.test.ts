import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import {
  type Biquad,
  filter,
  highPass,
  highShelf,
  limitBand,
  lowPass,
  lowShelf,
} from '../../host/core/training/band-limit.js';

const RATE = 16_000;

/** What a filter leaves of a tone, in decibels, measured on one second after it has settled. */
function gainDb(biquad: Biquad, hz: number): number {
  const tone = Float64Array.from({ length: 2 * RATE }, (_, n) => Math.sin((2 * Math.PI * hz * n) / RATE));
  filter(tone, biquad);
  const power = tone.subarray(RATE).reduce((sum, sample) => sum + sample * sample, 0) / RATE;
  return 10 * Math.log10(2 * power);
}

/** A Butterworth low-pass filter of second order, by its analog formula, frequencies warped as digital ones are. */
function butterworthDb(hz: number, corner: number): number {
  const ratio = Math.tan((Math.PI * hz) / RATE) / Math.tan((Math.PI * corner) / RATE);
  return -10 * Math.log10(1 + ratio ** 4);
}

describe('a filter of a microphone', () => {
  for (const hz of [100, 400, 1000, 3000, 6000]) {
    test(`passes ${hz} Hz as a Butterworth filter does`, () => {
      assert.ok(Math.abs(gainDb(lowPass(2500), hz) - butterworthDb(hz, 2500)) < 0.01);
      // A high-pass filter is a low-pass filter with the ratio of frequencies turned around.
      const [corner, mirrored] = [
        300,
        (Math.atan(Math.tan((Math.PI * 300) / RATE) ** 2 / Math.tan((Math.PI * hz) / RATE)) * RATE) / Math.PI,
      ];
      assert.ok(Math.abs(gainDb(highPass(corner), hz) - butterworthDb(mirrored, corner)) < 0.01);
    });
  }

  test('with a shelf lowers one side by its decibels, half as many at its frequency, and nothing at the other side', () => {
    for (const [biquad, lowered, kept] of [
      [lowShelf(300, -12), 10, 7000],
      [highShelf(3000, -12), 7900, 50],
    ] as const) {
      assert.ok(Math.abs(gainDb(biquad, lowered) + 12) < 0.1);
      assert.ok(Math.abs(gainDb(biquad, kept)) < 0.1);
    }
    assert.ok(Math.abs(gainDb(lowShelf(300, -12), 300) + 6) < 0.01);
    assert.ok(Math.abs(gainDb(highShelf(3000, -12), 3000) + 6) < 0.01);
  });
});

test('a window loses low tones, high tones or both, and keeps those in between', () => {
  const tone = (hz: number, seed: number): number => {
    const window = Float64Array.from({ length: RATE }, (_, n) => Math.sin((2 * Math.PI * hz * n) / RATE));
    limitBand(window, new Random(seed));
    return 10 * Math.log10((2 * window.reduce((sum, sample) => sum + sample * sample, 0)) / RATE);
  };
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  const losses = seeds.map((seed) => [tone(60, seed) < -1, tone(7500, seed) < -1]);
  const count = (low: boolean, high: boolean): number => losses.filter((of) => of[0] === low && of[1] === high).length;
  assert.equal(count(false, false), 0);
  for (const sides of [count(true, false), count(false, true), count(true, true)]) assert.ok(sides > 20, `${sides}`);
  for (const seed of seeds) assert.ok(tone(1000, seed) > -1.5, `${tone(1000, seed)} dB`);
});

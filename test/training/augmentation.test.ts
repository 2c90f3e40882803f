import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import {
  augmentSamples,
  drawSpeed,
  maskFeatures,
  NO_AUGMENTATION,
  playAt,
  shiftSamples,
} from '../../host/core/training/augmentation.js';

const RATE = 16_000;

function tone(amplitude: number, length = RATE): Int16Array {
  return Int16Array.from({ length }, (_, k) => Math.round(amplitude * Math.sin(k * 0.3)));
}

function hiss(amplitude: number, length: number): Int16Array {
  const random = new Random(77);
  return Int16Array.from({ length }, () => Math.round(amplitude * (2 * random.uniform() - 1)));
}

function power(samples: Iterable<number>): number {
  let sum = 0;
  let count = 0;
  for (const sample of samples) {
    sum += sample ** 2;
    count++;
  }
  return sum / count;
}

describe('augmentation of samples', () => {
  test('changes nothing when everything is off', () => {
    const clip = tone(9000);
    augmentSamples(clip, NO_AUGMENTATION, [hiss(1000, 20_000)], RATE, new Random(1));
    assert.deepEqual(clip, tone(9000));
  });

  test('shifts later and earlier, and fills up with zeros', () => {
    const later = Int16Array.of(1, 2, 3, 4, 5);
    shiftSamples(later, 2);
    assert.deepEqual([...later], [0, 0, 1, 2, 3]);
    const earlier = Int16Array.of(1, 2, 3, 4, 5);
    shiftSamples(earlier, -3);
    assert.deepEqual([...earlier], [4, 5, 0, 0, 0]);
  });

  test('shifts in both directions by up to the limit, and not by more', () => {
    let least = 0;
    let most = 0;
    for (let draw = 0; draw < 400; draw++) {
      const clip = new Int16Array(RATE);
      clip[8000] = 1234;
      augmentSamples(clip, { ...NO_AUGMENTATION, shiftMs: 100 }, [], RATE, new Random(5, draw));
      const shift = clip.indexOf(1234) - 8000;
      least = Math.min(least, shift);
      most = Math.max(most, shift);
    }
    assert.ok(least >= -1600 && least < -1550, `${least}`);
    assert.ok(most <= 1600 && most > 1550, `${most}`);
  });

  test('adds noise at a measured ratio within the range', () => {
    const clip = tone(9000);
    const noise = hiss(5000, 50_000);
    const ratios: number[] = [];
    for (let draw = 0; draw < 60; draw++) {
      const noisy = clip.slice();
      augmentSamples(noisy, { ...NO_AUGMENTATION, noise: 1, snrDb: [5, 30] }, [noise], RATE, new Random(6, draw));
      ratios.push(10 * Math.log10(power(clip) / power(noisy.map((sample, k) => sample - clip[k]))));
    }
    assert.ok(Math.min(...ratios) > 4.9 && Math.min(...ratios) < 8, `${Math.min(...ratios)} dB`);
    assert.ok(Math.max(...ratios) < 30.1 && Math.max(...ratios) > 27, `${Math.max(...ratios)} dB`);
  });

  test('adds noise to the given share of the clips', () => {
    let noisy = 0;
    for (let draw = 0; draw < 500; draw++) {
      const clip = tone(3000, 400);
      augmentSamples(
        clip,
        { ...NO_AUGMENTATION, noise: 0.3, snrDb: [5, 5] },
        [hiss(5000, 900)],
        RATE,
        new Random(7, draw),
      );
      if (clip.some((sample, k) => sample !== tone(3000, 400)[k])) noisy++;
    }
    assert.ok(Math.abs(noisy / 500 - 0.3) < 0.07, `${noisy} of 500`);
  });

  test('keeps the noise of a silent clip quiet', () => {
    const clip = new Int16Array(RATE);
    augmentSamples(clip, { ...NO_AUGMENTATION, noise: 1, snrDb: [0, 0] }, [hiss(20_000, 30_000)], RATE, new Random(8));
    const rms = Math.sqrt(power(clip));
    assert.ok(rms > 30 && rms < 35, `${rms}, expected about 32.8, −60 dBFS`);
  });

  test('changes the level by at most the gain and clips loud clips instead of wrapping them', () => {
    let loudest = 0;
    let quietest = Number.POSITIVE_INFINITY;
    for (let draw = 0; draw < 200; draw++) {
      const clip = tone(9000);
      augmentSamples(clip, { ...NO_AUGMENTATION, gainDb: 6 }, [], RATE, new Random(9, draw));
      const gain = 10 * Math.log10(power(clip) / power(tone(9000)));
      loudest = Math.max(loudest, gain);
      quietest = Math.min(quietest, gain);
      const loud = tone(32_000);
      augmentSamples(loud, { ...NO_AUGMENTATION, gainDb: 20 }, [], RATE, new Random(9, draw));
      const original = tone(32_000);
      assert.ok(loud.every((sample, k) => sample === 0 || Math.sign(sample) === Math.sign(original[k])));
    }
    assert.ok(loudest < 6.01 && loudest > 5.5, `${loudest} dB`);
    assert.ok(quietest > -6.01 && quietest < -5.5, `${quietest} dB`);
  });

  test('is the same for the same seed, and different for another seed', () => {
    const all = { ...NO_AUGMENTATION, shiftMs: 100, gainDb: 6, noise: 1, snrDb: [5, 30] } as const;
    const augmented = (...seeds: number[]): Int16Array => {
      const clip = tone(9000);
      augmentSamples(clip, all, [hiss(5000, 40_000)], RATE, new Random(...seeds));
      return clip;
    };
    assert.deepEqual(augmented(1, 2, 3), augmented(1, 2, 3));
    assert.notDeepEqual(augmented(1, 2, 3), augmented(1, 2, 4));
    assert.notDeepEqual(augmented(1, 2, 3), augmented(1, 3, 3));
  });
});

describe('the speed of a clip', () => {
  const tone = (hz: number, speed = 1): Int16Array => {
    const middle = (16_000 - 1) / 2;
    return Int16Array.from({ length: 16_000 }, (_, n) => {
      const time = (middle + (n - middle) * speed) / 16_000;
      return Math.round(9000 * Math.sin(2 * Math.PI * hz * time));
    });
  };

  test('moves the pitch, around the middle of the clip', () => {
    for (const speed of [0.8, 1.25]) {
      const played = tone(200);
      playAt(played, speed);
      const expected = tone(200, speed);
      // faster, the clip is over before its end
      const [from, to] = speed > 1 ? [1700, 14_300] : [0, 16_000];
      for (let n = from; n < to; n++) assert.ok(Math.abs(played[n] - expected[n]) < 30, `sample ${n} at ${speed}`);
      if (speed > 1)
        assert.ok([...played.subarray(0, 1500), ...played.subarray(14_500)].every((sample) => sample === 0));
    }
  });

  test('is drawn with a uniform logarithm, and is 1 without an interval', () => {
    const random = new Random(1);
    const drawn = Array.from({ length: 4000 }, () => drawSpeed({ ...NO_AUGMENTATION, speed: [0.8, 1.25] }, random));
    assert.ok(drawn.every((speed) => speed >= 0.8 && speed < 1.25));
    const mean = drawn.reduce((sum, speed) => sum + Math.log(speed), 0) / drawn.length;
    assert.ok(Math.abs(mean) < 0.01, `${mean}`);
    assert.equal(drawSpeed(NO_AUGMENTATION, random), 1);
    const clip = tone(300);
    playAt(clip, 1);
    // the last sample has none after it
    assert.deepEqual(clip.subarray(0, -1), tone(300).subarray(0, -1));
  });
});

describe('masks on the feature map', () => {
  const settings = { ...NO_AUGMENTATION, masks: 1, maskFrames: 6, maskCoefficients: 2 };

  test('cover whole frames and whole coefficients, from none up to their limits', () => {
    const seenFrames = new Set<number>();
    const seenCoefficients = new Set<number>();
    for (let draw = 0; draw < 300; draw++) {
      const features = new Int8Array(49 * 10).fill(7);
      maskFeatures(features, 10, settings, new Random(10, draw));
      const masked = (frame: number, c: number): boolean => features[frame * 10 + c] === 0;
      const all = <T>(n: number, of: (k: number) => T): T[] => Array.from({ length: n }, (_, k) => of(k));
      const frames = all(49, (f) => all(10, (c) => masked(f, c)).every(Boolean)).flatMap((m, f) => (m ? [f] : []));
      const columns = all(10, (c) => all(49, (f) => masked(f, c)).every(Boolean)).flatMap((m, c) => (m ? [c] : []));
      assert.equal((frames.at(-1) ?? -1) - (frames[0] ?? 0) + 1, frames.length, 'frames in one piece');
      assert.equal((columns.at(-1) ?? -1) - (columns[0] ?? 0) + 1, columns.length, 'coefficients in one piece');
      const zeros = features.filter((value) => value === 0).length;
      assert.equal(zeros, frames.length * 10 + columns.length * (49 - frames.length), 'nothing else is masked');
      seenFrames.add(frames.length);
      seenCoefficients.add(columns.length);
    }
    assert.deepEqual([...seenFrames].sort(), [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...seenCoefficients].sort(), [0, 1, 2]);
  });

  test('do not change the map if their number is 0', () => {
    const features = new Int8Array(490).fill(7);
    maskFeatures(features, 10, { ...settings, masks: 0 }, new Random(11));
    assert.ok(features.every((value) => value === 7));
  });
});

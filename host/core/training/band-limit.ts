import { amplitudeOf, SAMPLE_RATE_HZ } from '../audio/index.js';
import type { Random } from '../random.js';

/** A filter of second order, normalised: y = b0·x + b1·x′ + b2·x″ − a1·y′ − a2·y″. */
export interface Biquad {
  readonly b: readonly [number, number, number];
  readonly a: readonly [number, number];
}

/** Where the filters begin: small loudspeakers and housings below, cheap microphones and codecs above. */
const LOW_HZ = [80, 500] as const;
const HIGH_HZ = [2000, 7000] as const;
/** How far a shelf lowers what lies beyond its frequency. */
const SHELF_DB = [-15, -3] as const;

/**
 * Filters a window in place as a cheap microphone does: it loses low tones, high tones or both, all of them by 12 dB
 * an octave or, as often, some decibels of them.
 */
export function limitBand(window: Float64Array, random: Random): void {
  const sides = random.below(3);
  if (sides !== 0) filter(window, randomFilter('low', LOW_HZ, random));
  if (sides !== 1) filter(window, randomFilter('high', HIGH_HZ, random));
}

function randomFilter(side: 'low' | 'high', range: readonly [number, number], random: Random): Biquad {
  const hz = random.logUniform(range);
  const shelfDb = SHELF_DB[0] + (SHELF_DB[1] - SHELF_DB[0]) * random.uniform();
  const isShelf = random.uniform() < 0.5;
  if (side === 'low') return isShelf ? lowShelf(hz, shelfDb) : highPass(hz);
  return isShelf ? highShelf(hz, shelfDb) : lowPass(hz);
}

// The formulas of R. Bristow-Johnson's Audio EQ Cookbook, with Q = 1/√2, which is also a shelf slope of 1.
const anglesOf = (hz: number): { cos: number; alpha: number } => {
  const angle = (2 * Math.PI * hz) / SAMPLE_RATE_HZ;
  return { cos: Math.cos(angle), alpha: Math.sin(angle) * Math.SQRT1_2 };
};

/** Butterworth, −3 dB at `hz`. */
export function lowPass(hz: number): Biquad {
  const { cos, alpha } = anglesOf(hz);
  return normalised([(1 - cos) / 2, 1 - cos, (1 - cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]);
}

/** Butterworth, −3 dB at `hz`. */
export function highPass(hz: number): Biquad {
  const { cos, alpha } = anglesOf(hz);
  return normalised([(1 + cos) / 2, -1 - cos, (1 + cos) / 2], [1 + alpha, -2 * cos, 1 - alpha]);
}

/** Changes what is below `hz` by so many decibels, and half as many at `hz`. */
export function lowShelf(hz: number, db: number): Biquad {
  return shelf(hz, db, 1);
}

/** Changes what is above `hz` by so many decibels, and half as many at `hz`. */
export function highShelf(hz: number, db: number): Biquad {
  return shelf(hz, db, -1);
}

function shelf(hz: number, db: number, side: 1 | -1): Biquad {
  const { cos, alpha } = anglesOf(hz);
  const gain = amplitudeOf(db / 2);
  const c = side * cos;
  const width = 2 * Math.sqrt(gain) * alpha;
  const [up, down] = [gain + 1, gain - 1];
  return normalised(
    [gain * (up - down * c + width), side * 2 * gain * (down - up * c), gain * (up - down * c - width)],
    [up + down * c + width, side * -2 * (down + up * c), up + down * c - width],
  );
}

function normalised(b: readonly [number, number, number], a: readonly [number, number, number]): Biquad {
  return { b: [b[0] / a[0], b[1] / a[0], b[2] / a[0]], a: [a[1] / a[0], a[2] / a[0]] };
}

/** Filters samples in place, from silence on (direct form II, transposed). */
export function filter(samples: Float64Array, { b: [b0, b1, b2], a: [a1, a2] }: Biquad): void {
  let first = 0;
  let second = 0;
  for (let n = 0; n < samples.length; n++) {
    const x = samples[n];
    const y = b0 * x + first;
    first = b1 * x - a1 * y + second;
    second = b2 * x - a2 * y;
    samples[n] = y;
  }
}

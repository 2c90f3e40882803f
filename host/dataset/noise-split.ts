import type { Split } from './split.js';

/**
 * The share of a recording of noise that each split may take, from its beginning. There are too few recordings to give
 * whole ones to a split: each is cut in time, so that every kind of noise is in every split and no second is in two.
 */
const SHARES: Readonly<Record<Split, readonly [from: number, to: number]>> = {
  training: [0, 0.6],
  validation: [0.6, 0.8],
  testing: [0.8, 1],
};

/** The stretch [from, to) of a recording of background noise of `length` samples that belongs to a split. */
export function noiseStretch(length: number, split: Split): readonly [from: number, to: number] {
  const [from, to] = SHARES[split];
  return [Math.floor(length * from), Math.floor(length * to)];
}

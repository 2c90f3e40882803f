import type { Split } from '../core/dataset/index.js';

/**
 * The part of each noise recording that belongs to each split. There are too few recordings to give whole ones to a
 * split. Each recording is therefore cut in time, so that every kind of noise is in every split and no second is in
 * two.
 */
const SHARES: Readonly<Record<Split, readonly [from: number, to: number]>> = {
  training: [0, 0.6],
  validation: [0.6, 0.8],
  testing: [0.8, 1],
};

/** Returns the stretch [from, to) of a noise recording of `length` samples that belongs to a split. */
export function noiseStretch(length: number, split: Split): readonly [from: number, to: number] {
  const [from, to] = SHARES[split];
  return [Math.floor(length * from), Math.floor(length * to)];
}

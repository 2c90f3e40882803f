import { rootMeanSquare } from './level.js';

/** Pieces of 10 ms at 16 kHz: shorter than any sound of speech, longer than a period of any voice. */
const PIECE_SAMPLES = 160;
/** A word ends where it falls this far below its loudest piece: 20 dB. */
const BELOW_PEAK = 0.1;
/** Or where it is less than this factor above the recording's own noise, taken from its quietest tenth: 6 dB. */
const ABOVE_NOISE = 2;
/** The threshold never rises above this share of the loudest piece: 10 dB below it. */
const HIGHEST = 0.32;

/**
 * Where the word in a recording begins and ends, [from, to) in samples, judged by level alone: from the first to the
 * last piece of 10 ms that is less than 20 dB below the loudest one and stands out from the recording's noise. A
 * recording that is noisy throughout, or silent, counts as all word.
 */
export function wordExtent(samples: Int16Array): readonly [from: number, to: number] {
  const count = Math.floor(samples.length / PIECE_SAMPLES);
  const levels = Float64Array.from({ length: count }, (_, piece) => {
    return rootMeanSquare(samples, piece * PIECE_SAMPLES, (piece + 1) * PIECE_SAMPLES);
  });
  const peak = levels.reduce((most, level) => Math.max(most, level), 0);
  if (peak === 0) return [0, samples.length];
  // Short recordings are padded with zeros, which are not noise.
  const sounding = levels.filter((level) => level > 0).sort();
  const noise = sounding[Math.floor(sounding.length / 10)];
  const threshold = Math.min(Math.max(peak * BELOW_PEAK, noise * ABOVE_NOISE), peak * HIGHEST);
  const first = levels.findIndex((level) => level >= threshold);
  const last = levels.findLastIndex((level) => level >= threshold);
  return [first * PIECE_SAMPLES, (last + 1) * PIECE_SAMPLES];
}

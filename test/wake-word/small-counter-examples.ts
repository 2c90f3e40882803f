import { COEFFICIENTS } from '../../host/core/features/index.js';
import { Random } from '../../host/core/random.js';
import type { CounterExamples, PlacedWord, Stretches } from '../../host/core/wakeword/index.js';

/** Frames of a stretch. */
const FRAMES = 12;

/** Returns small counter-examples of noise, in whose words *lamp* is said in the second stretch. */
export function smallCounterExamples(frames = FRAMES): CounterExamples {
  const random = new Random(4);
  const stretches = (words: readonly (readonly PlacedWord[])[]): Stretches => ({
    count: words.length,
    features: Int8Array.from({ length: words.length * frames * COEFFICIENTS }, () => random.below(200) - 100),
    words,
  });
  const kinds = () => ({
    words: stretches([
      [{ word: 'tree', from: 1, to: 5 }],
      [{ word: 'lamp', from: 2, to: 6 }],
      [{ word: '', from: 2, to: 9 }],
    ]),
    speech: stretches([[], []]),
    sound: stretches([[]]),
  });
  return {
    parameters: { frames, mean: Array(COEFFICIENTS).fill(10), multiplier: Array(COEFFICIENTS).fill(99) },
    stretches: { training: kinds(), validation: kinds() },
    noises: [Int16Array.from({ length: 64 }, () => (random.below(200) - 100) * 256)],
    credits: ['somebody (CC0)'],
  };
}

import { Random } from '../core/random.js';
import type { LiveSettings } from '../core/training/index.js';
import { LIVE_KINDS } from '../core/training/index.js';
import { type Example, SILENCE, type Task, UNKNOWN } from '../dataset/index.js';

/** Examples of a live task, with what their windows contain: [example], from `LIVE_KINDS`. */
export interface LiveExamples {
  readonly examples: readonly Example[];
  readonly kinds: Uint8Array;
}

/** Separates the random stream of pieces and joined words from all other streams, which have the same seed. */
const STREAM = 0x91ece;

/**
 * Returns the examples of a live task and further examples of `_unknown_`: pieces of its words, and its words joined
 * with other words. The settings decide how many there are, and the seed which ones.
 */
export function liveExamples(
  task: Task,
  examples: readonly Example[],
  { pieces, joined }: Pick<LiveSettings, 'pieces' | 'joined'>,
  seed: number,
): LiveExamples {
  const unknown = task.labels.indexOf(UNKNOWN);
  const silence = task.labels.indexOf(SILENCE);
  const words = examples.filter(({ label }) => label !== unknown && label !== silence);
  const drawn = (stream: number, share: number): Example[] =>
    new Random(STREAM, seed, stream)
      .shuffle([...words])
      .slice(0, Math.ceil(words.length * share))
      .map((example) => ({ ...example, label: unknown }));
  const kinds = examples.map(({ label }) => (label === silence ? LIVE_KINDS.silence : LIVE_KINDS.word) as number);
  const further = [drawn(0, pieces), drawn(1, joined)];
  return {
    examples: [...examples, ...further.flat()],
    kinds: Uint8Array.from([
      ...kinds,
      ...further[0].map(() => LIVE_KINDS.piece),
      ...further[1].map(() => LIVE_KINDS.joined),
    ]),
  };
}

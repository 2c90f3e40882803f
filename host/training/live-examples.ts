import { SILENCE, UNKNOWN } from '../core/dataset/index.js';
import { Random } from '../core/random.js';
import type { LiveSettings } from '../core/training/index.js';
import { LIVE_KINDS } from '../core/training/index.js';
import { type AmbientUse, type Example, isDetected, type Task } from '../dataset/index.js';

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
  const words = examples.filter(({ label }) => isDetected(task, label));
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

/** What ambient sound a run has. */
type AmbientUses = { has(use: AmbientUse): boolean };

/**
 * Returns the windows of ambient sound in every epoch, behind the examples: what they contain, from `LIVE_KINDS`, and
 * their labels.
 *
 * @param words the number of examples of the task's words
 */
export function ambientWindows(
  task: Task,
  words: number,
  live: LiveSettings,
  ambient: AmbientUses,
): { kinds: Uint8Array; labels: Int32Array } {
  const windows = (
    [
      ['speech', live.ambientSpeech, LIVE_KINDS.ambientSpeech, UNKNOWN],
      ['words', live.ambientWords, LIVE_KINDS.ambientWord, UNKNOWN],
      ['sound', live.ambientSilence, LIVE_KINDS.ambientSilence, SILENCE],
    ] as const
  )
    .filter(([use]) => ambient.has(use))
    .flatMap(([, share, kind, label]) =>
      Array.from({ length: Math.ceil(words * share) }, () => ({ kind, label: task.labels.indexOf(label) })),
    );
  return {
    kinds: Uint8Array.from(windows, ({ kind }) => kind),
    labels: Int32Array.from(windows, ({ label }) => label),
  };
}

/** Returns the number of examples of the words that the task is to detect. */
export function countWords(task: Task, examples: readonly Example[]): number {
  return examples.filter(({ label }) => isDetected(task, label)).length;
}

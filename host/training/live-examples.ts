import { type Example, SILENCE, type Task, UNKNOWN } from '../dataset/index.js';
import { Random } from '../random.js';
import { LIVE_KINDS } from './live-window.js';

/** Examples of a live task with what their windows show: [example], of `LIVE_KINDS`. */
export interface LiveExamples {
  readonly examples: readonly Example[];
  readonly kinds: Uint8Array;
}

/** Separates the draw of pieces from every other stream under the same seed. */
const STREAM = 0x91ece;

/**
 * The examples of a live task and, as further examples of `_unknown_`, pieces of its words: `share` of their number,
 * drawn by the seed.
 */
export function liveExamples(task: Task, examples: readonly Example[], share: number, seed: number): LiveExamples {
  const unknown = task.labels.indexOf(UNKNOWN);
  const silence = task.labels.indexOf(SILENCE);
  const words = examples.filter(({ label }) => label !== unknown && label !== silence);
  const pieces = new Random(STREAM, seed)
    .shuffle([...words])
    .slice(0, Math.ceil(words.length * share))
    .map((example) => ({ ...example, label: unknown }));
  const kinds = Uint8Array.from([
    ...examples.map(({ label }) => (label === silence ? LIVE_KINDS.silence : LIVE_KINDS.word)),
    ...pieces.map(() => LIVE_KINDS.piece),
  ]);
  return { examples: [...examples, ...pieces], kinds };
}

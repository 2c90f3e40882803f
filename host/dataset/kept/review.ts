import { join } from 'node:path';
import { readRecording } from '../../audio/index.js';
import { type KeptSound, VERDICTS, type Verdict } from '../../core/dataset/index.js';
import { RecordingError } from '../../core/error.js';
import type { SoundJournal } from './journal.js';

/** What to do with a sound. */
export type Decision =
  | { readonly kind: 'right' | 'not a word' | 'delete' | 'skip' | 'quit' }
  | { readonly kind: 'wrong word'; readonly said: string };

/** The dialogue with the listener. */
export interface ReviewDialogue {
  /** Shows a sound, number `number` of `total`, and its samples, int16 at 16 kHz, or why they cannot be read. */
  show(
    sound: KeptSound,
    place: { readonly number: number; readonly total: number },
    samples: Int16Array | RecordingError,
  ): void;
  /** Plays the recording at this path. */
  play(path: string): void;
  /** Decides about the sound that was shown. */
  decide(sound: KeptSound, path: string): Promise<Decision>;
}

export interface ReviewResult {
  readonly folder: string;
  /** Of all sounds in the folder: how many have each verdict, and how many have none yet. */
  readonly verdicts: Readonly<Record<Verdict, number>>;
  readonly unreviewed: number;
  /** Deleted in this session. */
  readonly deleted: number;
  /** Sounds whose recordings are not there any more. */
  readonly gone: number;
}

/**
 * Goes through the sounds that nobody has reviewed, or through all of them, and asks about each. Every answer is
 * written before the next question. Throws `WriteError`.
 */
export async function reviewSounds(
  journal: SoundJournal,
  dialogue: ReviewDialogue,
  { all = false } = {},
): Promise<ReviewResult> {
  const there = journal.sounds.filter((sound) => journal.has(sound));
  const asked = there.filter(({ review }) => all || review === undefined);
  const gone = journal.sounds.length - there.length;
  let deleted = 0;
  for (const [k, sound] of asked.entries()) {
    const path = join(journal.folder, sound.file);
    dialogue.show(sound, { number: k + 1, total: asked.length }, await samplesOrFault(path));
    dialogue.play(path);
    const decision = await dialogue.decide(sound, path);
    if (decision.kind === 'quit') break;
    if (decision.kind === 'skip') continue;
    if (decision.kind === 'delete') {
      journal.delete(sound.file);
      deleted++;
    } else journal.review(sound.file, { verdict: decision.kind, said: saidBy(decision, sound) });
  }
  const left = journal.sounds.filter((sound) => journal.has(sound));
  const count = (verdict: Verdict): number => left.filter(({ review }) => review?.verdict === verdict).length;
  const verdicts = Object.fromEntries(VERDICTS.map((verdict) => [verdict, count(verdict)]));
  return {
    folder: journal.folder,
    verdicts: verdicts as Record<Verdict, number>,
    unreviewed: left.filter(({ review }) => review === undefined).length,
    deleted,
    gone,
  };
}

async function samplesOrFault(path: string): Promise<Int16Array | RecordingError> {
  try {
    return await readRecording(path);
  } catch (fault) {
    if (fault instanceof RecordingError) return fault;
    throw fault;
  }
}

function saidBy(decision: Decision, { word }: KeptSound): string | null {
  if (decision.kind === 'wrong word') return decision.said;
  return decision.kind === 'right' ? word : null;
}

import { heldOutOf, type Spoken } from './held-out.js';
import { makeWakeWord, type WakeWord, type WakeWordOptions } from './make.js';
import type { WakeWordClip } from './windows.js';

/** A recording of a word, with its label and its use. */
export interface OwnRecording<T> {
  readonly recording: T;
  /** Index of the word. */
  readonly label: number;
  /** Whether it is not trained on, but shows what is missed. */
  readonly heldOut: boolean;
}

/** The recordings of a folder, sorted by their use. */
export interface SortedRecordings<T> {
  /** Word by word. */
  readonly own: readonly OwnRecording<T>[];
  readonly others: readonly T[];
}

/**
 * Sorts the recordings of a folder: those of the wake words, of which some are held out, and all others.
 *
 * @param all in the order of their paths
 */
export function sortRecordings<T extends Spoken>(words: readonly string[], all: readonly T[]): SortedRecordings<T> {
  const own = words.flatMap((word, label) => {
    const of = all.filter((one) => one.word === word);
    const held = heldOutOf(of);
    return of.map((recording) => ({ recording, label, heldOut: held.has(recording) }));
  });
  return { own, others: all.filter(({ word }) => !words.includes(word)) };
}

/** What wake words are made from. All sound is int16 at 16 kHz; clips are a second long. */
export interface WakeWordSounds {
  readonly recordings: SortedRecordings<{ readonly samples: Int16Array }>;
  /** Sounds that a model got wrong: of the words, and false accepts. */
  readonly mistakes: { readonly words: readonly WakeWordClip[]; readonly falseAccepts: readonly Int16Array[] };
  /** Sound of the rooms without speech, of any length. */
  readonly background: readonly Int16Array[];
}

/** Where a network comes from: the version of this package, and the digest of the folder of recordings. */
export interface Origin {
  readonly spikeword: string;
  readonly digest: string;
}

export type FromRecordingsOptions = Omit<WakeWordOptions, 'others' | 'background'>;

/**
 * Makes wake words from the recordings of a folder, and says in the network where it comes from. The same recordings,
 * seed and origin give the same network, in the page and on the command line.
 *
 * @throws TrainingError without recordings of a word
 */
export async function makeFromRecordings(
  words: readonly string[],
  { recordings: { own, others }, mistakes, background }: WakeWordSounds,
  origin: Origin,
  options: FromRecordingsOptions,
): Promise<WakeWord> {
  const clips = (heldOut: boolean): WakeWordClip[] =>
    own.filter((one) => one.heldOut === heldOut).map(({ label, recording }) => ({ label, samples: recording.samples }));
  const made = await makeWakeWord(words, [...clips(false), ...mistakes.words], clips(true), {
    ...options,
    background,
    others: [...others.map(({ samples }) => samples), ...repeated(mistakes.falseAccepts, others.length)],
  });
  return withOrigin(made, origin);
}

/** Repeats samples until they are at least so many: what was wrongly heard counts as much as all other words. */
function repeated(samples: readonly Int16Array[], least: number): Int16Array[] {
  if (samples.length === 0) return [];
  return Array.from({ length: Math.max(least, samples.length) }, (_, k) => samples[k % samples.length]);
}

/** Says where the network comes from, in both of its forms. */
function withOrigin(made: WakeWord, { spikeword, digest }: Origin): WakeWord {
  const { checkpoint, network } = made;
  const changes = { spikeword, dataset: `${digest}, on ${checkpoint.provenance.dataset}` };
  return {
    ...made,
    checkpoint: { ...checkpoint, provenance: { ...checkpoint.provenance, ...changes } },
    network: { ...network, provenance: { ...network.provenance, ...changes } },
  };
}

/** Returns what the files of wake words are called, and their folder unless another is given. */
export function wakeWordName(words: readonly string[]): string {
  return words.join('-');
}

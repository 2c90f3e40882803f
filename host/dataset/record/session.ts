import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { SampleSource } from '../../audio/index.js';
import { SAMPLE_RATE_HZ } from '../../core/audio/index.js';
import { UsageError } from '../../core/error.js';
import { CaptureError } from '../../system/index.js';
import { readSplitLists } from '../lists.js';
import { type Split, splitBySpeaker } from '../split.js';
import { checkSpeaker, checkWord, saveClip } from './clip-file.js';
import { type CheckedTake, checkTake } from './take.js';

/** The conversation with whoever speaks. */
export interface RecordingDialogue {
  /** A new take of the word begins: the how manyth of how many. */
  take(number: number, total: number): void;
  /** So many seconds are left until the word shall be said; 0: now. */
  countdown(seconds: number): void;
  fault(text: string): void;
  /** What shall become of a good take. */
  decide(take: Extract<CheckedTake, { kind: 'good' }>): Promise<'keep' | 'redo' | 'quit'>;
  saved(path: string): void;
}

export interface RecordingOptions {
  readonly word: string;
  /** Folder of the dataset; made if it is not there. */
  readonly data: string;
  /** Default: `ownSpeakerId(split)`. */
  readonly speaker?: string;
  /** What the clips of a speaker without an id are for; default: training. */
  readonly split?: Split;
  readonly takes: number;
  /** Opens the microphone, once a take: what it hears between two takes is nobody's business. */
  readonly open: () => Promise<SampleSource>;
  readonly dialogue: RecordingDialogue;
}

export interface RecordingResult {
  readonly word: string;
  readonly speaker: string;
  /** Where the dataset puts the clips: by its lists, else by the hash of the speaker. */
  readonly split: Split;
  /** Paths of the clips that were kept. */
  readonly files: readonly string[];
}

const COUNTDOWN_SECONDS = 3;
const TAKE_SECONDS = 2;
/** Takes that fail one after the other until something else must be wrong than the speaking. */
const MOST_FAULTS = 5;

/**
 * Who speaks, where nobody says: the same for the same user on the same computer, no name, and one whose hash is in the
 * split. Who records alone would else have all clips in one split, and not even be sure in which.
 */
export function ownSpeakerId(split: Split = 'training'): string {
  const user = `${userInfo().username}@${hostname()}`;
  for (let k = 0; ; k++) {
    const id = createHash('sha256').update(`${user} ${k}`).digest('hex').slice(0, 8);
    if (splitBySpeaker(id) === split) return id;
  }
}

/** Who speaks. Throws `UsageError` for a speaker that is given and asked to be made for a split. */
function speakerOf({ speaker, split }: RecordingOptions): string {
  if (speaker === undefined) return ownSpeakerId(split);
  if (split === undefined) return speaker;
  throw new UsageError(`--split ${split} makes the speaker's id, --speaker ${speaker} gives it: one of them`);
}

/** The split that a new clip will be in. Throws `UsageError` where that cannot be the one that was asked for. */
function splitOfNewClips(data: string, speaker: string, split?: Split): Split {
  const byLists = readSplitLists(data) !== null;
  if (byLists && split !== undefined && split !== 'training') {
    throw new UsageError(
      `${data}: its lists decide, and what stands in none is for training; remove both to record for ${split}`,
    );
  }
  return byLists ? 'training' : splitBySpeaker(speaker);
}

/** Counts down and records one take. Time is counted in the microphone's samples. Throws `CaptureError`. */
async function recordTake(source: SampleSource, countdown: (seconds: number) => void): Promise<Int16Array> {
  const before = COUNTDOWN_SECONDS * SAMPLE_RATE_HZ;
  const take = new Int16Array(TAKE_SECONDS * SAMPLE_RATE_HZ);
  let heard = 0;
  let told = COUNTDOWN_SECONDS;
  countdown(told);
  try {
    for await (const samples of source) {
      for (let k = Math.max(0, before - heard); k < samples.length; k++) take[heard + k - before] = samples[k];
      heard += samples.length;
      while (told > 0 && heard >= (COUNTDOWN_SECONDS - told + 1) * SAMPLE_RATE_HZ) countdown(--told);
      if (heard >= before + take.length) return take;
    }
  } finally {
    source.close();
  }
  throw new CaptureError(`${source.name}: ended after ${(heard / SAMPLE_RATE_HZ).toFixed(1)} s, within a take`);
}

/**
 * Records takes of a word into a dataset's folder: counts down, checks the level, cuts out the word, and asks what
 * shall become of it. Throws `UsageError` for a word or speaker that cannot name files and a split that the clips
 * cannot be in, `DatasetError` for lists that contradict themselves, `CaptureError` where the microphone fails or five
 * takes in a row are no good, `WriteError` where a clip cannot be written.
 */
export async function recordWord(options: RecordingOptions): Promise<RecordingResult> {
  const { word, data, takes, open, dialogue } = options;
  const speaker = speakerOf(options);
  checkWord(word);
  checkSpeaker(speaker);
  const split = splitOfNewClips(data, speaker, options.split);
  const files: string[] = [];
  let faults = 0;
  while (files.length < takes) {
    dialogue.take(files.length + 1, takes);
    const checked = checkTake(await recordTake(await open(), (seconds) => dialogue.countdown(seconds)));
    if (checked.kind === 'fault') {
      dialogue.fault(checked.fault);
      if (++faults === MOST_FAULTS) throw new CaptureError(`${MOST_FAULTS} takes in a row failed: ${checked.fault}`);
      continue;
    }
    faults = 0;
    const decision = await dialogue.decide(checked);
    if (decision === 'quit') break;
    if (decision === 'redo') continue;
    const path = saveClip(data, word, speaker, checked.samples);
    files.push(path);
    dialogue.saved(path);
  }
  return { word, speaker, split, files };
}

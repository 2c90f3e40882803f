import { createHash } from 'node:crypto';
import { hostname, userInfo } from 'node:os';
import type { SampleSource } from '../../audio/index.js';
import { SAMPLE_RATE_HZ } from '../../core/audio/index.js';
import type { Split } from '../../core/dataset/index.js';
import { UsageError } from '../../core/error.js';
import { CaptureError } from '../../system/index.js';
import { hasSplitLists } from '../lists.js';
import { splitBySpeaker } from '../split.js';
import { checkSpeaker, checkWord, saveClip } from './clip-file.js';
import { type CheckedTake, checkTake } from './take.js';

/** The dialogue with the speaker. */
export interface RecordingDialogue {
  /** A new take of the word begins: take `number` of `total`. */
  take(number: number, total: number): void;
  /** The word must be said in this many seconds; 0: now. */
  countdown(seconds: number): void;
  fault(text: string): void;
  /** Decides what to do with a good take. */
  decide(take: Extract<CheckedTake, { kind: 'good' }>): Promise<'keep' | 'redo' | 'quit'>;
  saved(path: string): void;
}

export interface RecordingOptions {
  readonly word: string;
  /** Folder of the dataset; created if it does not exist. */
  readonly data: string;
  /** Default: `ownSpeakerId(split)`. */
  readonly speaker?: string;
  /** The split for the clips, if `speaker` is not given; default: training. */
  readonly split?: Split;
  readonly takes: number;
  /** Opens the microphone. Called once per take, so that nothing is recorded between takes. */
  readonly open: () => Promise<SampleSource>;
  readonly dialogue: RecordingDialogue;
}

export interface RecordingResult {
  readonly word: string;
  readonly speaker: string;
  /** The split of the clips: by the lists of the dataset, otherwise by the hash of the speaker. */
  readonly split: Split;
  /** Paths of the clips that were kept. */
  readonly files: readonly string[];
}

const COUNTDOWN_SECONDS = 3;
const TAKE_SECONDS = 2;
/** After this many failed takes in a row, the fault is probably not in the speaking. */
const MOST_FAULTS = 5;

/**
 * Returns the id of a speaker who gives none. It is not a name, and it is the same for the same user on the same
 * computer. Its hash is in the requested split, so that a speaker who records alone can fill every split.
 */
export function ownSpeakerId(split: Split = 'training'): string {
  const user = `${userInfo().username}@${hostname()}`;
  for (let k = 0; ; k++) {
    const id = createHash('sha256').update(`${user} ${k}`).digest('hex').slice(0, 8);
    if (splitBySpeaker(id) === split) return id;
  }
}

/** Returns the id of the speaker. Throws `UsageError` if both a speaker and a split are given. */
function speakerOf({ speaker, split }: RecordingOptions): string {
  if (speaker === undefined) return ownSpeakerId(split);
  if (split === undefined) return speaker;
  throw new UsageError(
    `--split ${split} makes a speaker id, but --speaker ${speaker} already gives one; leave out one of the two options`,
  );
}

/** Returns the split that new clips will be in. Throws `UsageError` if the clips cannot be in the requested split. */
function splitOfNewClips(data: string, speaker: string, split?: Split): Split {
  const byLists = hasSplitLists(data);
  if (byLists && split !== undefined && split !== 'training') {
    throw new UsageError(
      `${data}: its list files decide the split, and a clip that is in neither list goes to training; remove both lists to record for ${split}`,
    );
  }
  return byLists ? 'training' : splitBySpeaker(speaker);
}

/** Counts down and records one take. Time is counted in samples of the microphone. Throws `CaptureError`. */
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
  throw new CaptureError(
    `${source.name}: ended after ${(heard / SAMPLE_RATE_HZ).toFixed(1)} s, in the middle of a take`,
  );
}

/**
 * Records takes of a word into the folder of a dataset: counts down, checks the level, cuts out the word, and asks
 * whether to keep it. Throws `UsageError` for a word or speaker that cannot be a file name and for a split that the
 * clips cannot be in, `DatasetError` for lists that contradict each other, `CaptureError` if the microphone or five
 * takes in a row fail, and `WriteError` if a clip cannot be written.
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

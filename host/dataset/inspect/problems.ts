import { SAMPLE_RATE_HZ } from '../../core/audio/index.js';
import { SILENCE, SPLITS, UNKNOWN } from '../../core/dataset/index.js';
import { areFew, voicesOf, voicesText } from '../../core/statistics/index.js';
import { countText } from '../../core/text/index.js';
import { allClips, type ClipFile, type Dataset } from '../recordings.js';
import { summarizeDataset } from '../summary.js';
import type { Task } from '../task.js';
import type { Inspection, RecordingFacts } from './inspect.js';

/** Something in a dataset that a user should know. */
export interface Problem {
  readonly kind: ProblemKind;
  /** Whether what is trained on the dataset would be wrong, or its accuracy would be. */
  readonly wrong: boolean;
  /** What it is and what to do about it, without a full stop. */
  readonly text: string;
  /** The files, with what is wrong in each. */
  readonly files: readonly string[];
}

export type ProblemKind =
  | 'unreadable'
  | 'speaker in two splits'
  | 'equal in two splits'
  | 'equal under two words'
  | 'equal'
  | 'silent'
  | 'clipped'
  | 'long'
  | 'sample rate'
  | 'left out'
  | 'list line'
  | 'unknown speaker'
  | 'word without clips'
  | 'few voices';

export interface ProblemOptions {
  /** Whose words need clips in every split; null: all words of the dataset. */
  readonly task: Task | null;
  /** Whether recordings at other sample rates are converted. */
  readonly resample: boolean;
}

/** A recording with more samples at full scale than this was too loud for its recorder. */
const CLIPPED = 0.01;

/** Lists everything that is wrong with a dataset, or may be; the worst first. */
export function problemsOf(dataset: Dataset, facts: Inspection, options: ProblemOptions): Problem[] {
  const problems: (Problem | null)[] = [
    unreadable(facts),
    sharedSpeakers(dataset),
    ...equalSounds(dataset, facts),
    silent(dataset, facts),
    otherRates(facts, options),
    wordsWithoutClips(dataset, options.task),
    fewVoices(dataset),
    long(dataset, facts),
    clipped(facts),
    unknownSpeakers(dataset),
    unmatchedLines(dataset),
    leftOut(dataset),
  ];
  return problems.filter((problem) => problem !== null);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

/** Returns a problem with its files; null if there is none. `text` is given "1 clip is" or "12 clips are". */
function problem(
  kind: ProblemKind,
  wrong: boolean,
  files: readonly string[],
  noun: string,
  text: (subject: string) => string,
): Problem | null {
  if (files.length === 0) return null;
  const subject = files.length === 1 ? `1 ${noun} is` : `${countText(files.length)} ${noun}s are`;
  return { kind, wrong, text: text(subject), files };
}

type Found = readonly [path: string, facts: RecordingFacts];

function readable(facts: Inspection, isIt: (facts: RecordingFacts, path: string) => boolean): Found[] {
  const found: Found[] = [];
  for (const entry of facts) if (entry[1].fault === null && isIt(entry[1], entry[0])) found.push(entry);
  return found;
}

function unreadable(facts: Inspection): Problem | null {
  const files = [...facts].filter(([, { fault }]) => fault !== null).map(([path, { fault }]) => `${path}: ${fault}`);
  return problem('unreadable', true, files, 'recording', (are) => `${are} unreadable`);
}

function sharedSpeakers(dataset: Dataset): Problem | null {
  const shared = summarizeDataset(dataset).sharedSpeakers.map(
    ({ speaker, splits }) => `${speaker}: ${splits.join(', ')}`,
  );
  return problem(
    'speaker in two splits',
    true,
    shared,
    'speaker',
    (are) =>
      `${are} in more than one split, so accuracy says nothing about new voices; \`spikeword dataset split --force\` ` +
      'writes new lists, also with --speaker-pattern',
  );
}

/** Finds recordings that have the same sound. */
function equalSounds(dataset: Dataset, facts: Inspection): (Problem | null)[] {
  const clips = allClips(dataset).filter(({ path }) => {
    const found = facts.get(path);
    return found !== undefined && found.fault === null && !found.silent;
  });
  const groups = [...grouped(clips, ({ path }) => facts.get(path)?.sound ?? '').values()].filter(
    ({ length }) => length > 1,
  );
  const differ = (group: readonly ClipFile[], of: (clip: ClipFile) => string): boolean =>
    group.some((clip) => of(clip) !== of(group[0]));
  const splits = groups.filter((group) => differ(group, ({ split }) => split));
  const words = groups.filter((group) => !splits.includes(group) && differ(group, ({ word }) => word));
  const rest = groups.filter((group) => !splits.includes(group) && !words.includes(group));
  const named = (some: readonly (readonly ClipFile[])[]): string[] =>
    some.map((group) => group.map(({ path, split }) => `${path} (${split})`).join(' = '));
  return [
    problem(
      'equal in two splits',
      true,
      named(splits),
      'recording',
      (are) => `${are} in more than one split under different names; keep each in one split`,
    ),
    problem(
      'equal under two words',
      true,
      named(words),
      'recording',
      (are) => `${are} in the folders of different words; keep each in one of them`,
    ),
    problem('equal', false, named(rest), 'recording', (are) => `${are} there more than once`),
  ];
}

function silent(dataset: Dataset, facts: Inspection): Problem | null {
  const clips = new Set(dataset.clips.map(({ path }) => path));
  const files = readable(facts, (found, path) => found.silent && clips.has(path)).map(([path]) => path);
  return problem('silent', true, files, 'clip', (are) => `${are} silent: nothing but zeros; remove or record again`);
}

function otherRates(facts: Inspection, { resample }: ProblemOptions): Problem | null {
  const files = readable(facts, ({ sampleRateHz }) => sampleRateHz !== SAMPLE_RATE_HZ).map(
    ([path, { sampleRateHz }]) => `${path}: ${countText(sampleRateHz)} Hz`,
  );
  const advice = resample ? ', and will be converted' : '; give train and evaluate --resample';
  return problem('sample rate', !resample, files, 'recording', (are) => `${are} not at 16,000 Hz${advice}`);
}

/** Names words that a split has no clip of: they are not heard there, and no figure says so. */
function wordsWithoutClips({ clips }: Dataset, task: Task | null): Problem | null {
  const own = [...new Set(clips.map(({ word }) => word))];
  const words = (task?.labels ?? own).filter((word) => word !== UNKNOWN && word !== SILENCE && own.includes(word));
  const has = new Set(clips.map(({ word, split }) => `${split} ${word}`));
  const files = words
    .map((word) => ({ word, splits: SPLITS.filter((split) => !has.has(`${split} ${word}`)) }))
    .filter(({ splits }) => splits.length > 0)
    .map(({ word, splits }) => `${word}: ${splits.join(', ')}`);
  return problem(
    'word without clips',
    // a word without training clips cannot be learnt
    files.some((file) => file.includes('training')),
    files,
    'word',
    (are) => `${are} missing in a split, whose figures then leave the word out; record more speakers`,
  );
}

/** Names the splits whose figures rest on too few clips or speakers. */
function fewVoices({ clips }: Dataset): Problem | null {
  const files = (['validation', 'testing'] as const)
    .map((split) => ({ split, voices: voicesOf(clips.filter((clip) => clip.split === split)) }))
    .filter(({ voices }) => areFew(voices))
    .map(({ split, voices }) => `${split}: ${voicesText(voices)}`);
  return problem(
    'few voices',
    false,
    files,
    'split',
    (are) => `${are} too small for figures that hold for other recordings; add speakers`,
  );
}

function long(dataset: Dataset, facts: Inspection): Problem | null {
  const noise = new Set(dataset.backgroundNoise);
  const files = readable(facts, ({ cutAt }, path) => cutAt !== null && !noise.has(path)).map(
    ([path, { seconds, cutAt }]) => `${path}: ${seconds.toFixed(1)} s, cut from ${(cutAt ?? 0).toFixed(1)} s`,
  );
  return problem('long', false, files, 'clip', (are) => `${are} longer than a second, and cut around the word`);
}

function clipped(facts: Inspection): Problem | null {
  const files = readable(facts, (found) => found.clipped > CLIPPED).map(
    ([path, found]) => `${path}: ${(100 * found.clipped).toFixed(0)} % of its samples`,
  );
  return problem('clipped', false, files, 'recording', (are) => `${are} clipped; record with less gain`);
}

function unknownSpeakers({ clips }: Dataset): Problem | null {
  const files = clips.filter(({ speakerKnown }) => !speakerKnown).map(({ path }) => path);
  return problem(
    'unknown speaker',
    false,
    files,
    'clip',
    (are) =>
      `${are} by unknown speakers, who may be in several splits; use WORD/SPEAKER/FILE or SPEAKER_nohash_N.wav, or ` +
      'write lists with `spikeword dataset split --speaker-pattern`',
  );
}

function unmatchedLines({ unmatched }: Dataset): Problem | null {
  const lines = unmatched.map(({ list, line }) => `${list}: ${line}`);
  if (lines.length === 0) return null;
  const subject =
    lines.length === 1 ? '1 line of the lists names' : `${countText(lines.length)} lines of the lists name`;
  return { kind: 'list line', wrong: false, text: `${subject} no clip in the folder`, files: lines };
}

function leftOut({ strays }: Dataset): Problem | null {
  const files = strays.map(({ path, reason }) => `${path}: ${reason}`);
  return problem('left out', false, files, 'file', (are) => `${are} left out`);
}

import { BACKGROUND_NOISE, SILENCE, SPLITS, type Split, UNKNOWN } from '../core/dataset/index.js';
import { Random } from '../core/random.js';
import { DatasetError } from '../system/index.js';
import { balancedWords } from './balanced-words.js';
import type { ClipFile, Dataset } from './recordings.js';
import { classicSilence, liveSilence, type NoiseSecond } from './silence-examples.js';
import { type Task, withOneOther } from './task.js';
import { refuseMissingWords } from './task-words.js';

/** `_silence_` and `_unknown_` each have this share of the number of word clips. */
const SHARE = 0.1;
/** The same for a live task, where false accepts cost more than misses. */
const LIVE_UNKNOWN = 1.8;
const LIVE_SILENCE = 0.2;
/** How often a live task may use each clip of a rare word. It is cut, shifted and mixed differently each time. */
const LIVE_REPEATS = 20;

/** A second of sound with its class: a clip of the dataset, a piece of background noise, or a sound that was kept. */
export interface Example {
  /** The index in the task's labels. */
  readonly label: number;
  /** The clip's path, 'silence/FILE@OFFSET', or 'WORD/FILE' of a sound that was kept. */
  readonly name: string;
  readonly clip: ClipFile | null;
  readonly noise: NoiseSecond | null;
  /** Path of a recording outside the dataset: a sound that `listen --keep` has kept. */
  readonly kept?: string;
}

/**
 * Returns the examples of a task in one split: all clips of its words in the order of the labels, then `_unknown_`,
 * then `_silence_`. Their order depends only on the dataset and the seed.
 *
 * As in the dataset's paper (Warden, arXiv:1804.03209, section 7) and its example code, `_unknown_` are clips drawn
 * from the words outside the task, and `_silence_` are seconds of background noise at a volume of 0 to 1. Each has 10 %
 * of the number of word clips, or fewer if the dataset has fewer.
 *
 * The clips in own folders `_unknown_` and `_silence_` come first, all of them; the others are drawn to fill the share.
 *
 * A live task hears other words more often than its own words, and noise most of the time. Its `_unknown_` therefore
 * has more clips than its words, evenly from all other words, and its `_silence_` has noise at many levels. Clips of
 * `_unknown_` have the label of their word if the task tells it apart.
 *
 * @param partial whether what the dataset lacks is left out, instead of being refused
 * @throws DatasetError if the dataset lacks a word of the task, or has nothing for `_unknown_` or `_silence_`
 */
export function taskExamples(
  dataset: Dataset,
  task: Task,
  split: Split,
  seed: number,
  { partial = false } = {},
): Example[] {
  if (!partial) refuseMissingWords(dataset, task);
  const labels = new Map(task.labels.map((label, index) => [label, index]));
  const words = new Map(withOneOther(task).labels.map((label, index) => [label, index]));
  const clips = dataset.clips.filter((clip) => clip.split === split);
  const examples = clips
    .flatMap((clip) => {
      const label = words.get(clip.word);
      return label === undefined || clip.word === UNKNOWN ? [] : [clipExample(clip, label)];
    })
    // The sort is stable, so within a label the clips stay in the order of their paths.
    .sort((a, b) => a.label - b.label);
  if (examples.length === 0) {
    const advice =
      dataset.splitBy === 'lists'
        ? 'its list files decide the split; `spikeword dataset split --force` rewrites them from the hash of each speaker'
        : `the hash of the speaker decides the split; record some clips with \`spikeword record WORD --split ${split}\`, or add more speakers`;
    throw new DatasetError(`${dataset.root}: has no clip of the task ${task.name} in the ${split} split: ${advice}`);
  }
  const wordClips = examples.length;
  const splitIndex = SPLITS.indexOf(split);
  const unknown = words.get(UNKNOWN);
  if (unknown !== undefined) {
    const own = clips.filter((clip) => clip.word === UNKNOWN);
    const others = clips.filter((clip) => clip.word !== UNKNOWN && !words.has(clip.word));
    if (own.length + others.length === 0 && !partial) {
      throw new DatasetError(
        `${dataset.root}: ${UNKNOWN} needs words outside the task, or a folder ${UNKNOWN} with other words, but the ${split} split has none`,
      );
    }
    const random = new Random(seed, splitIndex, 1);
    const wanted = Math.max(0, Math.ceil(wordClips * (task.live ? LIVE_UNKNOWN : SHARE)) - own.length);
    const drawn = task.live
      ? balancedWords(others, wanted, split === 'training' ? LIVE_REPEATS : 1, random)
      : random.shuffle(others).slice(0, wanted);
    examples.push(...[...own, ...drawn].map((clip) => clipExample(clip, labels.get(clip.word) ?? unknown)));
  }
  const silence = words.get(SILENCE);
  if (silence !== undefined) {
    const random = new Random(seed, splitIndex, 2);
    const own = dataset.silence.filter((clip) => clip.split === split);
    const wanted = Math.max(0, Math.ceil(wordClips * (task.live ? LIVE_SILENCE : SHARE)) - own.length);
    // Own silence is enough; without recordings of noise there is nothing to draw from.
    const count = (own.length > 0 || partial) && dataset.backgroundNoise.length === 0 ? 0 : wanted;
    const drawn = task.live ? liveSilence(dataset, count, split, random) : classicSilence(dataset, count, random);
    examples.push(...own.map((clip) => clipExample(clip, silence)));
    examples.push(...drawn.map((noise) => silenceExample(noise, silence)));
  }
  return examples;
}

function clipExample(clip: ClipFile, label: number): Example {
  return { label, name: clip.path, clip, noise: null };
}

function silenceExample(noise: NoiseSecond, label: number): Example {
  const file = noise.file.slice(BACKGROUND_NOISE.length + 1);
  return { label, name: `silence/${file}@${noise.offset}`, clip: null, noise };
}

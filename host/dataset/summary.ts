import { SPLITS, type Split } from '../core/dataset/index.js';
import { datasetName } from './dataset.js';
import { taskExamples } from './examples.js';
import type { Dataset } from './recordings.js';
import { splitBySpeaker } from './split.js';
import type { Task } from './task.js';

export type PerSplit = Record<Split, number>;

/** The figures that `dataset info` shows. */
export interface DatasetSummary {
  readonly name: string;
  readonly splitBy: Dataset['splitBy'];
  readonly clips: PerSplit;
  readonly words: readonly { readonly word: string; readonly clips: PerSplit }[];
  readonly speakers: PerSplit;
  /** Clips that do not say who speaks; they are not counted among the speakers. */
  readonly clipsOfUnknownSpeakers: number;
  /** Speakers with clips in more than one split. If there are any, results say nothing about new speakers. */
  readonly sharedSpeakers: readonly { readonly speaker: string; readonly splits: readonly Split[] }[];
  /** Clips that the hash of the speaker would put into another split. */
  readonly differingFromSpeakerHash: number;
  readonly backgroundNoise: readonly string[];
}

/** Numbers of examples of each class of a task in each split. */
export interface TaskSummary {
  readonly name: string;
  readonly examples: PerSplit;
  readonly labels: readonly { readonly label: string; readonly examples: PerSplit }[];
}

export function summarizeDataset(dataset: Dataset): DatasetSummary {
  const clips = noneYet();
  const words = new Map<string, PerSplit>();
  const splitsOf = new Map<string, Set<Split>>();
  let clipsOfUnknownSpeakers = 0;
  for (const { word, speaker, speakerKnown, split } of dataset.clips) {
    clips[split]++;
    entry(words, word, noneYet)[split]++;
    if (speakerKnown) entry(splitsOf, speaker, () => new Set<Split>()).add(split);
    else clipsOfUnknownSpeakers++;
  }
  const speakers = noneYet();
  for (const splits of splitsOf.values()) for (const split of splits) speakers[split]++;
  return {
    name: datasetName(dataset),
    splitBy: dataset.splitBy,
    clips,
    words: [...words].map(([word, count]) => ({ word, clips: count })),
    speakers,
    clipsOfUnknownSpeakers,
    sharedSpeakers: [...splitsOf]
      .filter(([, splits]) => splits.size > 1)
      .map(([speaker, splits]) => ({ speaker, splits: SPLITS.filter((split) => splits.has(split)) })),
    differingFromSpeakerHash: dataset.clips.filter(({ speaker, split }) => splitBySpeaker(speaker) !== split).length,
    backgroundNoise: dataset.backgroundNoise,
  };
}

/** @throws DatasetError if the dataset lacks something that the task needs */
export function summarizeTask(dataset: Dataset, task: Task): TaskSummary {
  const examples = noneYet();
  const labels = task.labels.map((label) => ({ label, examples: noneYet() }));
  for (const split of SPLITS) {
    // The seed decides which clips are drawn, not how many.
    for (const { label } of taskExamples(dataset, task, split, 0)) {
      labels[label].examples[split]++;
      examples[split]++;
    }
  }
  return { name: task.name, examples, labels };
}

function noneYet(): PerSplit {
  return { training: 0, validation: 0, testing: 0 };
}

function entry<K, V>(map: Map<K, V>, key: K, initial: () => V): V {
  const value = map.get(key) ?? initial();
  map.set(key, value);
  return value;
}

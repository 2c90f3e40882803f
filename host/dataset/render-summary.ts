import { SPLITS } from '../core/dataset/index.js';
import { countText, wrapText } from '../core/text/index.js';
import type { DatasetSummary, PerSplit, TaskSummary } from './summary.js';

/** Returns the text of `dataset info`. */
export function renderDatasetSummary(summary: DatasetSummary, task: TaskSummary | null): string {
  const rows: [string, ...string[]][] = [
    ['', ...SPLITS],
    ...summary.words.map(({ word, clips }) => row(word, clips)),
    row('clips', summary.clips),
    speakersRow(summary),
  ];
  if (task !== null) {
    rows.push([''], [task.name.includes(',') ? 'task' : `task ${task.name}`, ...SPLITS]);
    rows.push(...task.labels.map(({ label, examples }) => row(label, examples)), row('examples', task.examples));
  }
  const lines = [
    `${summary.name}: ${countedText(summary.words.length, 'word')}, split by ${summary.splitBy}`,
    '',
    ...table(rows),
    '',
  ];
  lines.push(`background noise: ${countText(summary.backgroundNoise.length)} recordings`);
  lines.push(speakerProof(summary));
  if (summary.splitBy === 'lists') lines.push(hashAgreement(summary));
  return wrapText(lines.join('\n'));
}

function speakerProof({ sharedSpeakers, speakers, clipsOfUnknownSpeakers, clips }: DatasetSummary): string {
  const total = (counts: PerSplit): number => SPLITS.reduce((sum, split) => sum + counts[split], 0);
  if (clipsOfUnknownSpeakers > 0) {
    return `whether a speaker is in two splits is not known: ${countText(clipsOfUnknownSpeakers)} of ${countText(total(clips))} clips do not say who speaks`;
  }
  if (sharedSpeakers.length === 0)
    return `no speaker is in two splits (${countedText(total(speakers), 'speaker')} checked)`;
  return `${countText(sharedSpeakers.length)} speakers are in more than one split`;
}

/** A split whose clips are all by unknown speakers has no number of speakers. */
function speakersRow({ speakers, clips, clipsOfUnknownSpeakers }: DatasetSummary): [string, ...string[]] {
  const known = (split: (typeof SPLITS)[number]): boolean =>
    speakers[split] > 0 || clips[split] === 0 || clipsOfUnknownSpeakers === 0;
  return ['speakers', ...SPLITS.map((split) => (known(split) ? countText(speakers[split]) : 'unknown'))];
}

function hashAgreement({ differingFromSpeakerHash: differing }: DatasetSummary): string {
  if (differing === 0) return 'the lists agree with the hash of the speaker for every clip';
  return `the hash of the speaker would put ${countText(differing)} clips into another split than the lists do`;
}

function row(name: string, counts: PerSplit): [string, ...string[]] {
  return [name, ...SPLITS.map((split) => countText(counts[split]))];
}

/** Returns the lines of a table, with the first column aligned left and the numbers aligned right. */
function table(rows: readonly string[][]): string[] {
  const widths = [0, 1, 2, 3].map((column) => Math.max(...rows.map((cells) => (cells[column] ?? '').length)));
  return rows.map((cells) =>
    cells
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[0]) : cell.padStart(widths[k] + 2)))
      .join('')
      .trimEnd(),
  );
}

const countedText = (count: number, what: string): string => `${countText(count)} ${what}${count === 1 ? '' : 's'}`;

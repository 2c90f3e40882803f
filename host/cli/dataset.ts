import { Command, Option } from 'commander';
import { SPLITS, type Split } from '../core/dataset/index.js';
import { EXIT } from '../core/error.js';
import { countText } from '../core/text/index.js';
import {
  allClips,
  fetchDataset,
  openDataset,
  problemsOf,
  publishedArchive,
  renderDatasetSummary,
  renderProblems,
  splitList,
  summarizeDataset,
  summarizeTask,
  type TaskSummary,
  taskOn,
  writeSplitLists,
} from '../dataset/index.js';
import { importCommand } from './dataset-import.js';
import { firstTrainings } from './first-training.js';
import { inspectWithBar } from './inspect-with-bar.js';
import { nextText } from './next-command.js';
import { type Progress, progressBar } from './progress.js';
import { speakerPatternOption } from './speaker-pattern-option.js';
import { inkOf } from './terminal.js';

export function datasetCommand(): Command {
  return new Command('dataset')
    .description('Fetch, import, check and split folders of recordings')
    .addCommand(fetchCommand())
    .addCommand(importCommand())
    .addCommand(infoCommand())
    .addCommand(splitCommand());
}

function fetchCommand(): Command {
  return new Command('fetch')
    .description('Download a published dataset, verify it and unpack it; continues an interrupted download')
    .argument('<name>', 'gsc-v2: Speech Commands v0.02, 2.4 GB, 3.8 GB unpacked')
    .option('--to <folder>', 'new folder for the recordings (default: the name of the dataset)')
    .option('--url <address>', 'another address for the same archive (default: the official one)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (name: string, options: { to?: string; url?: string; json?: boolean }) => {
      const archive = publishedArchive(name);
      const folder = options.to ?? name;
      let stage: string | null = null;
      let bar: Progress | null = null;
      try {
        const clips = await fetchDataset({ ...archive, url: options.url ?? archive.url }, folder, {
          onProgress: (now, done, total) => {
            if (now !== stage) {
              bar?.stop();
              bar = progressBar(now, total);
              stage = now;
            }
            bar?.update(done);
          },
        });
        if (options.json) print(JSON.stringify({ folder, clips }));
        else {
          print(`${folder}: ${countText(clips)} clips`);
          process.stdout.write(nextText([['train', '--data', folder, '--task', 'gsc-17', '--out', 'runs/gsc-17']]));
        }
      } finally {
        (bar as Progress | null)?.stop();
      }
    });
}

interface InfoOptions {
  readonly task?: string;
  readonly speakerPattern?: RegExp;
  readonly resample?: boolean;
  readonly json?: boolean;
}

function infoCommand(): Command {
  return new Command('info')
    .description(
      'Show the words, clips and speakers of each split, read every recording, and list everything that is wrong; ' +
        'exits with 1 if something is',
    )
    .argument('<folder>', 'dataset, laid out like Speech Commands: WORD/SPEAKER_nohash_N.wav or WORD/SPEAKER/FILE')
    .option(
      '--task <task>',
      'also count the examples of a task: gsc-12, gsc-17, gsc-35, commands, live:WORDS, or words separated by commas (default: none)',
    )
    .addOption(speakerPatternOption())
    .option('--resample', 'recordings that are not at 16 kHz are to be converted (default: off)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (folder: string, { task: named, json, resample = false, ...options }: InfoOptions) => {
      const dataset = openDataset(folder, options);
      const summary = summarizeDataset(dataset);
      const task = named === undefined ? null : taskOn(dataset, named);
      const problems = problemsOf(dataset, await inspectWithBar(dataset), { task, resample });
      if (problems.some(({ wrong }) => wrong)) process.exitCode = EXIT.failed;
      const rendered = (counted: TaskSummary | null): string =>
        [renderDatasetSummary(summary, counted), ...renderProblems(problems, inkOf(process.stdout))].join('\n');
      let examples: TaskSummary | null = null;
      try {
        examples = task && summarizeTask(dataset, task);
      } catch (fault) {
        // what is wrong with the recordings may be why the task has no examples
        if (!json) print(rendered(null));
        throw fault;
      }
      if (json) print(JSON.stringify({ ...summary, task: examples, problems }));
      else {
        print(rendered(examples));
        const chosen = named === undefined ? [] : ['--task', named];
        // a wake word needs clips in no split
        const fits = problems.every(({ wrong, kind }) => !wrong || kind === 'word without clips');
        const next = fits ? firstTrainings(dataset, folder, chosen) : [];
        if (next.length > 0) process.stdout.write(`\n${nextText(next)}`);
      }
    });
}

interface SplitOptions {
  readonly print?: Split;
  readonly speakerPattern?: RegExp;
  readonly force?: boolean;
  readonly json?: boolean;
}

function splitCommand(): Command {
  return new Command('split')
    .description(
      'Split a dataset by the hash of the speaker, and write validation_list.txt and testing_list.txt into it. From ' +
        'then on, every command follows these lists: a recording that is in neither list goes to training, whoever the ' +
        'speaker is',
    )
    .argument('<folder>', 'dataset, laid out like Speech Commands: WORD/SPEAKER_nohash_N.wav or WORD/SPEAKER/FILE')
    .addOption(
      new Option(
        '--print <split>',
        'print the clips of a split instead of writing lists (default: write both lists)',
      ).choices(SPLITS),
    )
    .addOption(speakerPatternOption())
    .option('--force', 'replace existing lists, for example after you have added recordings')
    .option('--json', 'print one JSON object (default: text)')
    .action((folder: string, options: SplitOptions) => {
      const { speakerPattern } = options;
      const dataset = openDataset(folder, { ignoreLists: true, speakerPattern });
      if (options.print !== undefined) {
        const list = splitList(allClips(dataset), options.print);
        const clips = list.split('\n').filter((line) => line !== '');
        process.stdout.write(options.json ? `${JSON.stringify({ split: options.print, clips })}\n` : list);
        return;
      }
      const written = writeSplitLists(dataset, options.force ?? false);
      const { clips } = summarizeDataset(dataset);
      const counts = SPLITS.map((split) => `${split} ${countText(clips[split])}`).join(', ');
      if (options.json) print(JSON.stringify({ written, clips }));
      else {
        print(`${written.join('\n')}\n${counts} clips`);
        process.stdout.write(nextText([['dataset', 'info', folder]]));
      }
    });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

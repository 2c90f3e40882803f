import { Command, Option } from 'commander';
import { EXIT } from '../core/error.js';
import {
  fetchDataset,
  openDataset,
  publishedArchive,
  renderDatasetSummary,
  SPLITS,
  type Split,
  splitList,
  summarizeDataset,
  summarizeTask,
  taskOn,
  writeSplitLists,
} from '../dataset/index.js';
import { type Progress, progressBar } from './progress.js';

export function datasetCommand(): Command {
  return new Command('dataset')
    .description('Fetch, describe and split folders of recordings')
    .addCommand(fetchCommand())
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
        print(options.json ? JSON.stringify({ folder, clips }) : `${folder}: ${clips} clips`);
      } finally {
        (bar as Progress | null)?.stop();
      }
    });
}

function infoCommand(): Command {
  return new Command('info')
    .description('Show the words, clips and speakers of each split; exits with 1 if a speaker is in two splits')
    .argument('<folder>', 'dataset, laid out like Speech Commands: WORD/SPEAKER_nohash_N.wav')
    .option(
      '--task <task>',
      'also count the examples of a task: gsc-12, gsc-17, gsc-35, commands, live:WORDS, or words separated by commas (default: none)',
    )
    .option('--json', 'print one JSON object (default: text)')
    .action((folder: string, options: { task?: string; json?: boolean }) => {
      const dataset = openDataset(folder);
      const summary = summarizeDataset(dataset);
      const task = options.task === undefined ? null : summarizeTask(dataset, taskOn(dataset, options.task));
      print(options.json ? JSON.stringify({ ...summary, task }) : renderDatasetSummary(summary, task));
      if (summary.sharedSpeakers.length > 0) process.exitCode = EXIT.failed;
    });
}

function splitCommand(): Command {
  return new Command('split')
    .description(
      'Split a dataset by the hash of the speaker, and write validation_list.txt and testing_list.txt into it. From ' +
        'then on, every command follows these lists: a recording that is in neither list goes to training, whoever the ' +
        'speaker is',
    )
    .argument('<folder>', 'dataset, laid out like Speech Commands: WORD/SPEAKER_nohash_N.wav')
    .addOption(
      new Option(
        '--print <split>',
        'print the clips of a split instead of writing lists (default: write both lists)',
      ).choices(SPLITS),
    )
    .option('--force', 'replace existing lists, for example after you have added recordings')
    .option('--json', 'print one JSON object (default: text)')
    .action((folder: string, options: { print?: Split; force?: boolean; json?: boolean }) => {
      const dataset = openDataset(folder, { ignoreLists: true });
      if (options.print !== undefined) {
        const list = splitList(dataset.clips, options.print);
        const clips = list.split('\n').filter((line) => line !== '');
        process.stdout.write(options.json ? `${JSON.stringify({ split: options.print, clips })}\n` : list);
        return;
      }
      const written = writeSplitLists(dataset, options.force ?? false);
      const { clips } = summarizeDataset(dataset);
      const counts = SPLITS.map((split) => `${split} ${clips[split]}`).join(', ');
      print(options.json ? JSON.stringify({ written, clips }) : `${written.join('\n')}\n${counts} clips`);
    });
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

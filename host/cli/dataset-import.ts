import { basename } from 'node:path';
import { Command } from 'commander';
import { EXIT, UsageError } from '../core/error.js';
import { staged } from '../core/stage.js';
import { countText, decimalText, type Ink, left, right, textTable, wrapText } from '../core/text/index.js';
import { type ImportedFile, importRecordings, openDataset, previewPage } from '../dataset/index.js';
import { writeFileAtomically } from '../system/index.js';
import { firstTrainings } from './first-training.js';
import { nextText, openPage } from './next-command.js';
import { progressBar } from './progress.js';
import { speakerPatternOption } from './speaker-pattern-option.js';
import { inkOf } from './terminal.js';

interface ImportCommandOptions {
  readonly word: string;
  readonly to: string;
  readonly speaker?: string;
  readonly speakerPattern?: RegExp;
  readonly preview?: boolean | string;
  readonly json?: boolean;
}

export function importCommand(): Command {
  return new Command('import')
    .description(
      'Find a word in recordings of any length and kind, said once or many times, and cut a clip of a second around each',
    )
    .argument('<files...>', 'recordings: WAV, MP3, FLAC, Ogg; with ffmpeg also M4A and others')
    .requiredOption('--word <word>', 'the word that is said (required)')
    .requiredOption('--to <dataset>', 'folder of the dataset, which may be new (required)')
    .option('--speaker <name>', 'who speaks: letters, digits and hyphens (default: you, as for record)')
    .addOption(speakerPatternOption('--speaker'))
    .option('--preview [page]', 'write no clip, only say what would be cut; with a .html file, write a page to hear it')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (files: string[], { preview, json, ...options }: ImportCommandOptions) => {
      if (typeof preview === 'string' && !/\.html?$/i.test(preview)) {
        throw new UsageError(`import: --preview ${preview}: expected a .html file, or --preview after the recordings`);
      }
      const imported = await staged(progressBar, 'reading recordings', files.length, (onProgress) =>
        importRecordings({ ...options, files, preview: preview !== undefined, onProgress }),
      );
      if (typeof preview === 'string') writeFileAtomically(preview, previewPage(options.word, imported));
      if (json) {
        const withoutSound = imported.map((file) => ({
          ...file,
          cuts: file.cuts.map(({ clip: _, ...cut }) => ({ ...cut, kept: cut.reason === null })),
        }));
        process.stdout.write(`${JSON.stringify(withoutSound)}\n`);
      } else process.stdout.write(importText(imported, options, preview));
      if (imported.some(({ fault }) => fault !== null)) process.exitCode = EXIT.failed;
    });
}

/** Returns what was cut, or would be, as text for a terminal, and what to do next. */
export function importText(
  files: readonly ImportedFile[],
  { word, to, speaker, speakerPattern }: ImportCommandOptions,
  preview: boolean | string | undefined,
): string {
  const ink = inkOf(process.stdout);
  const rows = files.flatMap(({ file, fault, cuts }) =>
    fault === null
      ? cuts.map((cut) => ({
          file,
          from: seconds(cut.fromSeconds),
          to: seconds(cut.toSeconds),
          told: toldOf(cut, ink),
        }))
      : [{ file, from: '', to: '', told: ink.error(`left out: ${fault}`) }],
  );
  const table = textTable(rows, [
    left('file', (row) => basename(row.file)),
    right('from', (row) => row.from),
    right('to s', (row) => row.to),
    left('clip', (row) => row.told),
  ]);
  const clips = files.flatMap(({ cuts }) => cuts).filter(({ reason }) => reason === null).length;
  const speakers = new Set(files.map((file) => file.speaker)).size;
  const total = `${countText(clips)} ${clips === 1 ? 'clip' : 'clips'} of ${word} by ${countText(speakers)} ${speakers === 1 ? 'speaker' : 'speakers'}`;
  const lines = [...table, '', total];
  if (preview !== undefined) {
    lines.push(`nothing was written${preview === true ? '; --preview PAGE.html lets you hear it' : ` but ${preview}`}`);
  }
  const told = `${wrapText(lines.join('\n'))}\n`;
  const again = [
    ...['dataset', 'import', ...fewPaths(files), '--word', word, '--to', to],
    ...(speaker === undefined ? [] : ['--speaker', speaker]),
    ...(speakerPattern === undefined ? [] : ['--speaker-pattern', speakerPattern.source]),
  ];
  if (typeof preview === 'string') return told + nextText([openPage(preview), again]);
  if (preview) return told + nextText([again]);
  // what was cut can be heard if none of it was kept
  if (clips === 0) return told + nextText([[...again, '--preview', 'cuts.html']]);
  return told + nextText([['dataset', 'info', to], ...firstTrainings(openDataset(to), to)]);
}

const seconds = (time: number): string => decimalText(time, 2);

function toldOf({ path, reason }: ImportedFile['cuts'][number], ink: Ink): string {
  if (reason !== null) return ink.miss(`left out: ${reason}`);
  return path ?? 'would be kept';
}

/** More files than this were given with a pattern or one by one, and nobody wants to read them again. */
const MOST_PATHS = 4;

/** Returns the files of an import, or `FILES` if they are many. */
function fewPaths(files: readonly ImportedFile[]): string[] {
  return files.length > MOST_PATHS ? ['FILES'] : files.map(({ file }) => file);
}

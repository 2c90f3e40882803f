import { basename } from 'node:path';
import { Command } from 'commander';
import { EXIT, UsageError } from '../core/error.js';
import { staged } from '../core/stage.js';
import { countText, left, right, textTable } from '../core/text/index.js';
import { type ImportedFile, importRecordings, previewPage } from '../dataset/index.js';
import { writeFileAtomically } from '../system/index.js';
import { progressBar } from './progress.js';
import { speakerPatternOption } from './speaker-pattern-option.js';

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
          cuts: file.cuts.map(({ clip, ...cut }) => ({ ...cut, kept: clip !== null })),
        }));
        process.stdout.write(`${JSON.stringify(withoutSound)}\n`);
      } else process.stdout.write(`${importText(imported, options, preview)}\n`);
      if (imported.some(({ fault }) => fault !== null)) process.exitCode = EXIT.failed;
    });
}

function importText(
  files: readonly ImportedFile[],
  { word, to }: ImportCommandOptions,
  preview: boolean | string | undefined,
): string {
  const rows = files.flatMap(({ file, fault, cuts }) =>
    fault === null
      ? cuts.map((cut) => ({ file, from: cut.fromSeconds.toFixed(2), to: cut.toSeconds.toFixed(2), told: toldOf(cut) }))
      : [{ file, from: '', to: '', told: `left out: ${fault}` }],
  );
  const table = textTable(rows, [
    left('file', (row) => basename(row.file)),
    right('from', (row) => row.from),
    right('to s', (row) => row.to),
    left('clip', (row) => row.told),
  ]);
  const clips = files.flatMap(({ cuts }) => cuts).filter(({ clip }) => clip !== null).length;
  const speakers = new Set(files.map(({ speaker }) => speaker)).size;
  const total = `${countText(clips)} ${clips === 1 ? 'clip' : 'clips'} of ${word} by ${speakers} ${speakers === 1 ? 'speaker' : 'speakers'}`;
  const next =
    preview === undefined
      ? `next: spikeword dataset info ${to}`
      : `nothing was written${preview === true ? '; --preview PAGE.html lets you hear it' : ` but ${preview}`}`;
  return [...table, '', total, next].join('\n');
}

function toldOf({ path, clip, reason }: ImportedFile['cuts'][number]): string {
  if (clip === null) return `left out: ${reason}`;
  return path ?? 'would be kept';
}

import { basename, extname } from 'node:path';
import { Argument, Command, Option } from 'commander';
import type { PointChanges } from '../core/detection/index.js';
import { bytesText, shellQuoted } from '../core/text/index.js';
import { type ExportedModel, exportedModel, exportModels, type Target, targets } from '../export/index.js';
import { readModel } from '../model/index.js';
import { defaultModelPath } from '../system/index.js';
import { detecting } from './detecting.js';
import { nextText } from './next-command.js';
import { falseAcceptsOption, wordsOption } from './stream-options.js';

interface ExportOptions {
  readonly to: string;
  readonly out?: string;
  readonly name?: string;
  readonly falseAccepts?: number;
  readonly words?: readonly string[];
  readonly json?: boolean;
}

function prepare(path: string, name: string | undefined, changes: PointChanges): ExportedModel {
  const { bytes, network } = detecting(readModel(path), changes);
  return exportedModel(bytes, network, name ?? basename(path, extname(path)));
}

/** What to do with an export. */
function whatNext({ name }: Target, path: string): string {
  switch (name) {
    case 'c':
      return `cd ${shellQuoted(path)} && cmake -B build && cmake --build build && build/spikeword_example --selftest`;
    case 'arduino':
      return 'Arduino IDE: Sketch > Include Library > Add .ZIP Library';
    default:
      return `read ${path}/README.md`;
  }
}

export function exportCommand(): Command {
  return new Command('export')
    .description('Write a model as code for your own firmware, with the library that runs it and a self test')
    .addArgument(
      new Argument('[models...]', 'model.spkw, model.wasm or run folders; the examples use the first').default(
        [defaultModelPath()],
        'the bundled commands.spkw',
      ),
    )
    .addOption(
      new Option('--to <form>', `${targets.map(({ name, title }) => `${name}: ${title}`).join('; ')} (required)`)
        .choices(targets.map(({ name }) => name))
        .makeOptionMandatory(),
    )
    .option('--out <path>', 'new folder, or zip file for arduino (default: spikeword_NAME_FORM)')
    .option('--name <name>', 'name of the model in file names and code (default: that of its file)')
    .addOption(falseAcceptsOption())
    .addOption(wordsOption())
    .option('--json', 'print one JSON object (default: text)')
    .action(async (paths: readonly string[], { to, out, name, json, ...changes }: ExportOptions) => {
      const target = targets.find((known) => known.name === to) as Target;
      const models = paths.map((path, k) => prepare(path, k === 0 ? name : undefined, changes));
      const path = out ?? `spikeword_${models[0].name}_${to}${target.zip ? '.zip' : ''}`;
      const written = await exportModels(models, target, path);
      if (json) {
        process.stdout.write(`${JSON.stringify(written)}\n`);
        return;
      }
      const { files, ramBytes, leastRamBytes, modelBytes, testWords } = written;
      const least = leastRamBytes < ramBytes ? ` (at least ${bytesText(leastRamBytes)})` : '';
      const heard = testWords.map((word) => word ?? 'nothing').join(', ');
      process.stdout.write(
        `${path}  ${target.title}, ${files} files\n` +
          `RAM ${bytesText(ramBytes)}${least}, model ${bytesText(modelBytes)}; its self test hears: ${heard}\n` +
          nextText([whatNext(target, path)]),
      );
    });
}

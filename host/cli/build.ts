import { Command } from 'commander';
import { buildFrom } from '../model/index.js';

interface BuildOptions {
  readonly out?: string;
  readonly name: string;
  readonly json?: boolean;
}

export function buildCommand(): Command {
  return new Command('build')
    .description('Write the model file and the WebAssembly module of a quantised network')
    .argument('<run-or-file>', 'run folder, or the file that quantize wrote')
    .option('--out <folder>', 'where NAME.spkw and NAME.wasm go (default: beside the quantised network)')
    .option('--name <name>', 'name of both files, without extension', 'model')
    .option('--json', 'print one JSON object (default: text)')
    .action((path: string, options: BuildOptions) => {
      const { model, module, moduleBytes, description, lostTuning } = buildFrom(path, options.out, options.name);
      const { flashBytes, ramBytes } = description;
      process.stdout.write(
        options.json
          ? `${JSON.stringify({ model, modelBytes: flashBytes, module, moduleBytes, ramBytes })}\n`
          : `${model}  ${flashBytes} bytes\n${module}  ${moduleBytes} bytes\nRAM ${ramBytes} bytes\n`,
      );
      if (lostTuning) {
        process.stderr.write(
          `the ${model} before was tuned, the new one is not yet: spikeword tune ${model} --data FOLDER\n`,
        );
      }
    });
}

import { Command, Option } from 'commander';
import { FEWEST_WEIGHT_BITS, WEIGHT_BITS } from '../core/quantization/index.js';
import { bytesText } from '../core/text/index.js';
import { trainedTask } from '../dataset/index.js';
import { quantizationText, quantizeRun } from '../evaluation/index.js';
import { writeModel } from '../model/index.js';
import { nextText } from './next-command.js';
import { progressBar } from './progress.js';
import { inkOf } from './terminal.js';
import { wholeNumber } from './whole-number.js';

interface QuantizeOptions {
  readonly data?: string;
  readonly out?: string;
  readonly name: string;
  readonly resample?: boolean;
  readonly bits: number;
  readonly json?: boolean;
}

export function quantizeCommand(): Command {
  return new Command('quantize')
    .description(
      'Convert a trained network to integers, prove that no integer can overflow, compare both networks on the ' +
        'validation clips, and write the model',
    )
    .argument('<run-or-checkpoint>', 'run folder (its best epoch is used) or checkpoint (.safetensors)')
    .option('--data <folder>', 'recordings to compare on (default: those of the run; none for a checkpoint)')
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: as in the run)')
    .addOption(
      new Option(
        '--bits <n>',
        'bits of the weights, 2 to 8; the file stays as large, and its thresholds and biases are rounded more coarsely',
      )
        .argParser(wholeNumber(FEWEST_WEIGHT_BITS, WEIGHT_BITS))
        .default(WEIGHT_BITS),
    )
    .option('--out <folder>', 'folder for NAME.spkw and NAME.wasm (default: the folder of the checkpoint)')
    .option('--name <name>', 'name of both files, without extension', 'model')
    .option('--json', 'print the report as one JSON object (default: text)')
    .action(async (path: string, options: QuantizeOptions) => {
      const { resample, bits } = options;
      const { network, report, folder, data } = await quantizeRun(path, {
        data: options.data,
        resample,
        bits,
        stage: progressBar,
      });
      const { model, module, moduleBytes, description } = writeModel(network, options.out ?? folder, options.name);
      const { flashBytes, ramBytes } = description;
      if (options.json) {
        const written = { model, modelBytes: flashBytes, module, moduleBytes, ramBytes };
        process.stdout.write(`${JSON.stringify({ ...report, ...written })}\n`);
        return;
      }
      // the detection of a network that listens is tuned first
      const { live, pictures } = trainedTask(network.provenance.task, network.labels);
      const first = [live ? 'tune' : 'evaluate', model, '--data', data ?? 'FOLDER'];
      process.stdout.write(
        `${quantizationText(report, inkOf(process.stdout))}\n${model}  ${bytesText(flashBytes)}\n` +
          `${module}  ${bytesText(moduleBytes)}\nRAM ${bytesText(ramBytes)}\n` +
          nextText(pictures ? [first] : [first, ['flash', model]]),
      );
    });
}

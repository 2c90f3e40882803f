import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { quantizationSource, quantizationText, quantizeAndCompare } from '../evaluation/index.js';
import { writeQuantizedNetwork } from '../model/index.js';
import { progressBar } from './progress.js';

interface QuantizeOptions {
  readonly data?: string;
  readonly out?: string;
  readonly resample?: boolean;
  readonly json?: boolean;
}

export function quantizeCommand(): Command {
  return new Command('quantize')
    .description('Put a trained network into integers, prove its bounds, and compare both on the validation clips')
    .argument('<run-or-checkpoint>', 'run folder (its best epoch is taken) or checkpoint (.safetensors)')
    .option('--data <folder>', 'recordings to compare on (default: those of the run; none for a checkpoint)')
    .option('--resample', 'convert recordings that are not at 16 kHz instead of refusing them (default: as the run)')
    .option('--out <file>', 'quantised network (default: quantized.json beside the checkpoint)')
    .option('--json', 'print the report as one JSON object (default: text)')
    .action(async (path: string, options: QuantizeOptions) => {
      const run = quantizationSource(path);
      const source = {
        ...run,
        data: options.data ?? run.data,
        resample: options.resample ?? run.resample,
      };
      const { network, report } = await quantizeAndCompare(source, {
        threads: availableParallelism(),
        stage: progressBar,
      });
      const quantized = options.out ?? source.quantized;
      writeQuantizedNetwork(quantized, network);
      const json = { ...report, quantized };
      process.stdout.write(options.json ? `${JSON.stringify(json)}\n` : `${quantizationText(report)}${quantized}\n`);
    });
}

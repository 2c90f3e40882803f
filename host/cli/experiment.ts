import { join } from 'node:path';
import { Command } from 'commander';
import { writeFileAtomically } from '../atomic-write.js';
import { renderPicture, renderSqnrSummary, sqnrExperiment } from '../experiment/index.js';
import { progressBar } from './progress.js';
import { wholeNumber } from './whole-number.js';

export function experimentCommand(): Command {
  return new Command('experiment').description('Show what one part does by itself').addCommand(sqnrCommand());
}

function sqnrCommand(): Command {
  return new Command('sqnr')
    .description('One neuron: signal to quantisation noise with fixed and with learned thresholds')
    .option('--seed <n>', 'what is drawn as input, whole number', wholeNumber(0, 2 ** 32 - 1), 1)
    .option('--svg <file>', 'write the picture to this file (default: none)')
    .option('--out <folder>', 'write sqnr.json and sqnr.svg to this folder (default: none)')
    .option('--json', 'print the result as one JSON object (default: text)')
    .action((options: { seed: number; svg?: string; out?: string; json?: boolean }) => {
      const progress = progressBar('sqnr', 4);
      const report = sqnrExperiment({ seed: options.seed, onProgress: progress.update });
      progress.stop();
      const json = `${JSON.stringify(report)}\n`;
      if (options.svg !== undefined) writeFileAtomically(options.svg, renderPicture(report));
      if (options.out !== undefined) {
        writeFileAtomically(join(options.out, 'sqnr.json'), json);
        writeFileAtomically(join(options.out, 'sqnr.svg'), renderPicture(report));
      }
      process.stdout.write(options.json ? json : renderSqnrSummary(report));
    });
}

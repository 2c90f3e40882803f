import { basename, resolve } from 'node:path';
import { Command } from 'commander';
import { RunError, writeFileAtomically } from '../system/index.js';
import { RunFolder, runPage } from '../training/index.js';
import { nextText, openPage } from './next-command.js';

export function reportCommand(): Command {
  return new Command('report')
    .description('Draw the curves of a training run as one self-contained page: loss, accuracy, spikes, thresholds')
    .argument('<run>', 'run folder')
    .option('--out <file>', 'file for the page (default: report.html in the run folder)')
    .action((path: string, options: { out?: string }) => {
      const { run, config } = RunFolder.open(path);
      const log = run.readLog();
      if (log.length === 0) throw new RunError(`${path}: no epoch has finished yet, so there is nothing to draw`);
      const out = options.out ?? `${path}/report.html`;
      writeFileAtomically(out, runPage(basename(resolve(path)), config, log, run.readDataset()?.validation));
      process.stdout.write(`${out}\n`);
      // the path alone on stdout, for a program that opens it
      process.stderr.write(nextText([openPage(out)]));
    });
}

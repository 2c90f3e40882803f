import { Command, Option } from 'commander';
import { DEMO_FOLDER, type DemoResult, runDemo } from '../demo/index.js';
import { renderText } from '../evaluation/index.js';
import { nextText, openPage } from './next-command.js';
import { progressBar } from './progress.js';
import { SYNTHETIC } from './synthetic.js';
import { inkOf, say, widthOf } from './terminal.js';
import { threadsOption } from './threads-option.js';
import { wholeNumber } from './whole-number.js';

interface DemoCommandOptions {
  readonly out: string;
  readonly seed: number;
  readonly threads: number;
  readonly json?: boolean;
}

export function demoCommand(): Command {
  return new Command('demo')
    .description('Train a network on the bundled recordings, quantise it, evaluate the model and write a report')
    .addOption(new Option('--out <folder>', 'folder for the results; replaces an earlier demo').default(DEMO_FOLDER))
    .addOption(
      new Option('--seed <n>', 'seed, a whole number; the same seed gives the same model')
        .argParser(wholeNumber(0, 2 ** 32 - 1))
        .default(1),
    )
    .addOption(threadsOption('does not affect the model'))
    .option('--json', 'print the result as one JSON object (default: text)')
    .action(async (options: DemoCommandOptions) => {
      const result = await runDemo({
        ...options,
        stage: progressBar,
        onStep: (step, outcome) => say(`${step.padEnd(12)}  ${outcome}`),
      });
      process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : demoText(result));
    });
}

function demoText({ evaluation, seconds, model, report }: DemoResult): string {
  return (
    `\n${renderText(evaluation, widthOf(process.stdout), { ink: inkOf(process.stdout) })}\n` +
    `${SYNTHETIC}\ndone in ${seconds} s\nmodel   ${model}\nreport  ${report}\n${nextText([openPage(report), ['listen']])}`
  );
}

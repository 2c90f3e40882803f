#!/usr/bin/env node
import { Command } from 'commander';
import { removeUnfinished } from '../atomic-write.js';
import { EXIT, SpikewordError } from '../error.js';
import { packageVersion } from '../package-files.js';
import { buildCommand } from './build.js';
import { datasetCommand } from './dataset.js';
import { demoCommand } from './demo.js';
import { evaluateCommand } from './evaluate.js';
import { experimentCommand } from './experiment.js';
import { featuresCommand } from './features.js';
import { infoCommand } from './info.js';
import { portsCommand } from './ports.js';
import { quantizeCommand } from './quantize.js';
import { trainCommand } from './train.js';

const program = new Command('spikeword')
  .description('Keyword spotting for microcontrollers with spiking networks and one integer arithmetic everywhere')
  .version(packageVersion())
  .showHelpAfterError('(--help lists the options)')
  .addCommand(datasetCommand())
  .addCommand(featuresCommand())
  .addCommand(trainCommand())
  .addCommand(quantizeCommand())
  .addCommand(buildCommand())
  .addCommand(evaluateCommand())
  .addCommand(infoCommand())
  .addCommand(demoCommand())
  .addCommand(experimentCommand())
  .addCommand(portsCommand());

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    removeUnfinished();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

/** Commander's own errors are faults of the command line; help and version are none. */
function refuseUnknown(command: Command): void {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));
  for (const child of command.commands) refuseUnknown(child);
}
refuseUnknown(program);

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof SpikewordError)) throw error;
  process.stderr.write(`${error.name}: ${error.message}\n`);
  process.exitCode = error.exitCode;
}

#!/usr/bin/env node
import { Command } from 'commander';
import { EXIT, SpikewordError } from '../core/error.js';
import { packageVersion, removeUnfinished } from '../system/index.js';
import { averageCommand } from './average.js';
import { bisectCommand } from './bisect.js';
import { boardCommand } from './board.js';
import { datasetCommand } from './dataset.js';
import { demoCommand } from './demo.js';
import { earlyCommand } from './early.js';
import { evaluateCommand } from './evaluate.js';
import { experimentCommand } from './experiment.js';
import { exportCommand } from './export.js';
import { featuresCommand } from './features.js';
import { flashCommand } from './flash.js';
import { importCommand } from './import.js';
import { infoCommand } from './info.js';
import { listenCommand } from './listen.js';
import { mineCommand } from './mine.js';
import { monitorCommand } from './monitor.js';
import { portsCommand } from './ports.js';
import { profileCommand } from './profile.js';
import { quantizeCommand } from './quantize.js';
import { recordCommand } from './record.js';
import { reportCommand } from './report.js';
import { reviewCommand } from './review.js';
import { serveCommand } from './serve.js';
import { sayError } from './terminal.js';
import { trainCommand } from './train.js';
import { tuneCommand } from './tune.js';
import { webCommand } from './web.js';

const program = new Command('spikeword')
  .description(
    'Keyword spotting for microcontrollers, with spiking networks and the same integer arithmetic everywhere',
  )
  .version(packageVersion())
  .showHelpAfterError('(--help lists the options)')
  .addCommand(datasetCommand())
  .addCommand(featuresCommand())
  .addCommand(trainCommand())
  .addCommand(reportCommand())
  .addCommand(averageCommand())
  .addCommand(quantizeCommand())
  .addCommand(evaluateCommand())
  .addCommand(earlyCommand())
  .addCommand(tuneCommand())
  .addCommand(mineCommand())
  .addCommand(experimentCommand())
  .addCommand(webCommand())
  .addCommand(listenCommand())
  .addCommand(serveCommand())
  .addCommand(reviewCommand())
  .addCommand(recordCommand())
  .addCommand(infoCommand())
  .addCommand(demoCommand())
  .addCommand(portsCommand())
  .addCommand(boardCommand())
  .addCommand(flashCommand())
  .addCommand(exportCommand())
  .addCommand(importCommand())
  .addCommand(monitorCommand())
  .addCommand(bisectCommand())
  .addCommand(profileCommand());

// When the reader of the output has ended, such as head, the command ends as on SIGPIPE. Other errors are reported.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    removeUnfinished();
    if (error.code === 'EPIPE') process.exit(141);
    if (stream === process.stdout) process.stderr.write(`stdout: cannot be written: ${error.message}\n`);
    process.exit(EXIT.failed);
  });
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    removeUnfinished();
    process.exit(signal === 'SIGINT' ? 130 : 143);
  });
}

/** Whether an error comes from the system: its message says what was tried on which file, and why it failed. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && 'syscall' in error && 'code' in error;
}

/**
 * Sets the exit code of every command: errors of commander are errors of the command line, except help and version. The
 * list of commands shows their names without arguments, so that the text beside them has room for whole sentences.
 */
function settle(command: Command): void {
  command.exitOverride((error) => process.exit(error.exitCode === 0 ? EXIT.done : EXIT.usage));
  command.configureHelp({ subcommandTerm: (child) => child.name() });
  for (const child of command.commands) settle(child);
}
settle(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof SpikewordError) {
    sayError(error.name, error.message);
    process.exitCode = error.exitCode;
  } else if (isSystemError(error)) {
    sayError('SystemError', error.message);
    process.exitCode = EXIT.failed;
  } else {
    throw error;
  }
}

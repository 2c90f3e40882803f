import { Command } from 'commander';
import { bisectClip, bisectText } from '../core/board/index.js';
import { EXIT } from '../core/error.js';
import { modelToCompare, readClip, withBoard } from '../device/index.js';
import { openKernel } from '../model/index.js';
import { boardOptions, PORT_OPTION } from './board-port.js';
import { progressBar } from './progress.js';

interface BisectOptions {
  readonly port?: string;
  readonly model?: string;
  readonly resample?: boolean;
  readonly json?: boolean;
}

export function bisectCommand(): Command {
  return new Command('bisect')
    .description('Run a clip on the host and on a board, and name the first stage or layer whose values differ')
    .argument('<clip>', 'WAV file; only its first second is used')
    .option(...PORT_OPTION)
    .option(
      '--model <file>',
      'model.spkw or model.wasm that the host runs (default: the model on the board, which is read back)',
    )
    .option('--resample', 'convert a recording that is not at 16 kHz instead of refusing it (default: off)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (path: string, { port, model: file, resample, json }: BisectOptions) => {
      const { name, samples } = await readClip(path, { resample });
      const report = await withBoard(boardOptions(port), async (board) => {
        const { content, bytes } = await modelToCompare(board, file, progressBar);
        return bisectClip(board, bytes, openKernel(content), name, samples);
      });
      process.stdout.write(json ? `${JSON.stringify(report)}\n` : bisectText(report));
      if (!report.agrees) process.exitCode = EXIT.failed;
    });
}

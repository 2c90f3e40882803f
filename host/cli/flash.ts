import { Command } from 'commander';
import { flashModel, flashText, rollBack } from '../core/board/index.js';
import { UsageError } from '../core/error.js';
import { detecting } from '../core/export/index.js';
import { withBoard } from '../device/index.js';
import { readModel } from '../model/index.js';
import { defaultModelPath } from '../system/index.js';
import { boardOptions, PORT_OPTION } from './board-port.js';
import { nextText } from './next-command.js';
import { progressBar } from './progress.js';
import { falseAcceptsOption, wordsOption } from './stream-options.js';

interface FlashOptions {
  readonly port?: string;
  readonly rollback?: boolean;
  readonly falseAccepts?: number;
  readonly words?: readonly string[];
  readonly json?: boolean;
}

export function flashCommand(): Command {
  return new Command('flash')
    .description('Write a model to a board and run it; the previous model stays in the other slot')
    .argument('[model]', 'model.spkw, model.wasm or run folder (default: the bundled commands.spkw)')
    .option(...PORT_OPTION)
    .addOption(falseAcceptsOption())
    .addOption(wordsOption())
    .option('--rollback', 'run the previous model again instead of writing one (default: off)')
    .option('--json', 'print one JSON object (default: text)')
    .action(async (path: string | undefined, { port, rollback, json, ...changes }: FlashOptions) => {
      if (path !== undefined && rollback) {
        throw new UsageError('flash: give either a model, or --rollback to run the previous one');
      }
      if (rollback && Object.keys(changes).length > 0) {
        throw new UsageError(
          'flash: --rollback runs the previous model as it is; leave out --words and --false-accepts',
        );
      }
      // The file is read first, so that a fault in it is reported before the port is opened.
      const model = rollback ? null : detecting(readModel(path ?? defaultModelPath()), changes).bytes;
      const report = await withBoard(boardOptions(port), (board) =>
        model === null ? rollBack(board) : flashModel(board, model, progressBar),
      );
      process.stdout.write(
        json
          ? `${JSON.stringify(report)}\n`
          : flashText(report) +
              nextText([
                ['listen', '--port', report.port],
                ['monitor', '--port', report.port],
              ]),
      );
    });
}

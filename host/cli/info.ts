import { Command } from 'commander';
import { UsageError } from '../core/error.js';
import { boardText, describeBoard, withBoard } from '../device/index.js';
import { describeModel, describeText } from '../model/index.js';
import { boardOptions } from './board-port.js';

interface InfoOptions {
  readonly port?: string | true;
  readonly json?: boolean;
}

export function infoCommand(): Command {
  return new Command('info')
    .description('Describe a model (labels, layers, thresholds, flash and RAM, proven bounds, origin), or a board')
    .argument('[file]', 'model.spkw, model.wasm, run folder or checkpoint')
    .option(
      '--port [path]',
      'describe the board at this port (without a path: SPIKEWORD_PORT, otherwise the port where a board answers)',
    )
    .option('--json', 'print one JSON object (default: text)')
    .action(async (file: string | undefined, options: InfoOptions) => {
      const { port, json } = options;
      if ((file === undefined) === (port === undefined)) {
        throw new UsageError('info: give either a file, or --port for a board');
      }
      if (file !== undefined) {
        const description = describeModel(file);
        process.stdout.write(json ? `${JSON.stringify(description)}\n` : describeText(description));
      } else {
        const description = await withBoard(boardOptions(port), describeBoard);
        process.stdout.write(json ? `${JSON.stringify(description)}\n` : boardText(description));
      }
    });
}

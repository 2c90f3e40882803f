import { Command } from 'commander';
import { monitorPort } from '../device/index.js';
import { boardOptions, PORT_OPTION } from './board-port.js';

export function monitorCommand(): Command {
  return new Command('monitor')
    .description(
      'Show the words that a board detects by itself, its messages and restarts, and which model it is running, ' +
        'until you press Ctrl-C',
    )
    .option(...PORT_OPTION)
    .action(async ({ port }: { readonly port?: string }) => {
      await monitorPort(boardOptions(port), ({ text }) =>
        console.log(`${new Date().toTimeString().slice(0, 8)}  ${text}`),
      );
    });
}

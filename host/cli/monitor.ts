import { Command } from 'commander';
import { monitorBoard, withBoard } from '../device/index.js';
import { boardOptions, PORT_OPTION } from './board-port.js';

export function monitorCommand(): Command {
  return new Command('monitor')
    .description('Show what a board says and does, until Ctrl-C: its messages, restarts, and which model runs')
    .option(...PORT_OPTION)
    .action(async ({ port }: { readonly port?: string }) => {
      await withBoard(boardOptions(port), (board) =>
        monitorBoard(board, ({ text }) => console.log(`${new Date().toTimeString().slice(0, 8)}  ${text}`)),
      );
    });
}

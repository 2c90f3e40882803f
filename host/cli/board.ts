import { Command } from 'commander';
import {
  boardRow,
  boards,
  boardsText,
  buildFirmware,
  copyFirmware,
  defaultFlashFile,
  emulate,
  findBoard,
  firmwareSizes,
  firmwareText,
  flashImage,
  type ImageRoute,
  imageInstructions,
} from '../boards/index.js';
import { UsageError } from '../core/error.js';

const JSON_OPTION = ['--json', 'print one JSON object (default: text)'] as const;
const BOARD_ARGUMENT = ['<board>', 'name of the board, as in `spikeword board list`'] as const;

function listCommand(): Command {
  return new Command('list')
    .description('List the boards that firmware can be built for')
    .option(...JSON_OPTION)
    .action((options: { json?: boolean }) => {
      process.stdout.write(options.json ? `${JSON.stringify({ boards: boards.map(boardRow) })}\n` : boardsText(boards));
    });
}

function buildCommand(): Command {
  return new Command('build')
    .description('Build the firmware of a board: an ELF file and the image of its program memory')
    .argument(...BOARD_ARGUMENT)
    .option('-o, --out <folder>', 'folder for both files (default: the cache)')
    .option(...JSON_OPTION)
    .action(async (name: string, { out, json }: { out?: string; json?: boolean }) => {
      const board = findBoard(name);
      const built = await buildFirmware(board);
      const sizes = firmwareSizes(board, out === undefined ? built : copyFirmware(board, built, out));
      process.stdout.write(json ? `${JSON.stringify(sizes)}\n` : firmwareText(sizes, board));
    });
}

function emulateCommand(): Command {
  return new Command('emulate')
    .description('Boot the firmware of a board in QEMU and print its port; press Ctrl-C to stop it')
    .argument(...BOARD_ARGUMENT)
    .option(
      '--flash <file>',
      'file that holds the emulated flash with the models (default: one file per board, in the cache)',
    )
    .option(...JSON_OPTION)
    .action(async (name: string, { flash, json }: { flash?: string; json?: boolean }) => {
      const board = findBoard(name);
      const flashFile = flash ?? defaultFlashFile(board);
      const firmware = await buildFirmware(board);
      const emulator = await emulate(board, firmware, { flashFile });
      if (json) console.log(JSON.stringify({ board: board.name, port: emulator.port, flashFile }));
      else console.log(`${emulator.port}\n${board.name}, flash in ${flashFile}; press Ctrl-C to stop it`);
      throw await emulator.ended;
    });
}

function flashImageCommand(): Command {
  return new Command('flash-image')
    .description('Write the firmware into the program memory of real hardware')
    .argument(...BOARD_ARGUMENT)
    .option('--dfu', 'write over USB with dfu-util')
    .option('--port <path>', 'write over this serial port with stm32flash (required unless --dfu is given)')
    .action(async (name: string, { dfu, port }: { dfu?: boolean; port?: string }) => {
      const board = findBoard(name);
      if ((dfu === true) === (port !== undefined)) throw new UsageError('flash-image: give either --dfu or --port');
      const route: ImageRoute = port === undefined ? { over: 'dfu' } : { over: 'serial', port };
      const { before, after } = imageInstructions(board, route);
      process.stderr.write(`${before.join('\n')}\n`);
      await flashImage(board, await buildFirmware(board), route);
      process.stderr.write(`${after.join('\n')}\n`);
    });
}

export function boardCommand(): Command {
  return new Command('board')
    .description('Build, emulate and install the firmware that runs models on a board')
    .addCommand(listCommand())
    .addCommand(buildCommand())
    .addCommand(emulateCommand())
    .addCommand(flashImageCommand());
}

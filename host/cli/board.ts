import { Command } from 'commander';
import { openSamples, recordedSource } from '../audio/index.js';
import {
  type Board,
  boardRow,
  boards,
  boardsText,
  buildFirmware,
  checkMicrophone,
  copyFirmware,
  defaultFlashFile,
  emulate,
  findBoard,
  firmwareSizes,
  firmwareText,
  type InstallOptions,
  planInstallation,
  type Sound,
} from '../boards/index.js';
import { SAMPLE_RATE_HZ } from '../core/audio/index.js';
import { UsageError } from '../core/error.js';
import { wrapText } from '../core/text/index.js';
import { type Next, nextText } from './next-command.js';
import { say, saySentence } from './terminal.js';

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
    .description(
      'Build the firmware of a board: an ELF file, the image of its program memory, and for a Pico a UF2 file',
    )
    .argument(...BOARD_ARGUMENT)
    .option('-o, --out <folder>', 'folder for the files (default: the cache)')
    .option(...JSON_OPTION)
    .action(async (name: string, { out, json }: { out?: string; json?: boolean }) => {
      const board = findBoard(name);
      const built = await buildFirmware(board);
      const sizes = firmwareSizes(board, out === undefined ? built : copyFirmware(board, built, out));
      if (json) {
        process.stdout.write(`${JSON.stringify(sizes)}\n`);
        return;
      }
      const emulated = ['board', 'emulate', name];
      const written = ['board', 'flash-image', name, ...(board.installation === 'stm32' ? ['--dfu'] : [])];
      const next: Next[] = [
        ...(board.emulation === undefined ? [] : [emulated]),
        ...(board.installation === 'none' ? [] : [written]),
      ];
      process.stdout.write(firmwareText(sizes, board) + nextText(next));
    });
}

interface EmulateCommandOptions {
  readonly flash?: string;
  readonly microphone?: string;
  readonly resample?: boolean;
  readonly loop?: boolean;
  readonly fast?: boolean;
  readonly json?: boolean;
}

/** Yields a recording and a second of silence after it, in which its last word is detected; then says so. */
async function* soundOf(
  samples: () => AsyncIterable<Int16Array>,
  path: string,
  loop: boolean | undefined,
): AsyncGenerator<Int16Array> {
  yield* recordedSource(samples, path, loop);
  yield new Int16Array(SAMPLE_RATE_HZ);
  saySentence(`${path}: the board has all of it`);
}

async function openSound(
  board: Board,
  { microphone, resample, loop, fast }: EmulateCommandOptions,
): Promise<Sound | undefined> {
  const [soundOnly] = Object.entries({ resample, loop, fast }).filter(([, value]) => value);
  if (microphone === undefined) {
    if (soundOnly !== undefined) throw new UsageError(`emulate: --${soundOnly[0]} needs --microphone`);
    return undefined;
  }
  checkMicrophone(board);
  return { samples: soundOf(await openSamples(microphone, { resample }), microphone, loop), realTime: !fast };
}

function emulateCommand(): Command {
  return new Command('emulate')
    .description('Boot the firmware of a board in its emulator and print its port; press Ctrl-C to stop it')
    .argument(...BOARD_ARGUMENT)
    .option(
      '--flash <file>',
      'file that holds the emulated flash with the models (default: one file per board, in the cache)',
    )
    .option('--microphone <file>', 'WAV file that the microphone of the board hears, in real time (default: silence)')
    .option('--loop', 'start the WAV file again when it ends (default: off)')
    .option('--resample', 'convert a WAV file that is not at 16 kHz instead of refusing it (default: off)')
    .option('--fast', 'play the WAV file as fast as the board takes it (default: off)')
    .option(...JSON_OPTION)
    .action(async (name: string, options: EmulateCommandOptions) => {
      const board = findBoard(name);
      const flashFile = options.flash ?? defaultFlashFile(board);
      const microphone = await openSound(board, options);
      const firmware = await buildFirmware(board);
      const emulator = await emulate(board, firmware, { flashFile, microphone });
      if (options.json) console.log(JSON.stringify({ board: board.name, port: emulator.port, flashFile }));
      else {
        console.log(wrapText(`${emulator.port}\n${board.name}, flash in ${flashFile}; press Ctrl-C to stop it`));
        process.stdout.write(
          nextText([
            ['flash', '--port', emulator.port],
            ['info', '--port', emulator.port],
          ]),
        );
      }
      throw await emulator.ended;
    });
}

function flashImageCommand(): Command {
  return new Command('flash-image')
    .description('Write the firmware into the program memory of real hardware')
    .argument(...BOARD_ARGUMENT)
    .option('--dfu', 'STM32: write over USB with dfu-util')
    .option('--port <path>', 'STM32: write over this serial port with stm32flash')
    .option('--drive <folder>', "Pico: folder of the loader's drive (default: waits until it appears)")
    .action(async (name: string, options: InstallOptions) => {
      const { before, after, write } = planInstallation(findBoard(name), options);
      const firmware = await buildFirmware(findBoard(name));
      if (before.length > 0) say(before.join('\n'));
      await write(firmware);
      say(after.join('\n'));
      process.stderr.write(nextText([['ports'], ['flash']]));
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

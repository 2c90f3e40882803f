import { UsageError } from '../core/error.js';
import { ToolError } from '../system/index.js';
import type { Board } from './boards.js';
import type { Firmware } from './build.js';
import type { Installer } from './installer.js';
import { runTool, type Tool } from './tools.js';

/** How the image reaches the chip: over USB, or over a serial port of this computer. */
export type ImageRoute = { readonly over: 'dfu' } | { readonly over: 'serial'; readonly port: string };

/** A command that writes an image to a chip. */
export interface ImageCommand {
  readonly tool: Tool;
  readonly args: readonly string[];
}

/** Where the STM32's program memory begins. */
const STM32_FLASH = '0x08000000';

/** What the user does before and after. ST's AN2606 lists the ports of the STM32F405's own loader. */
const STM32_PREPARATION = [
  'The chip must run its own loader: connect BOOT0 to 3.3 V, then reset.',
  '  Pyboard: DFU pin to 3V3, RST. Feather STM32F405: B0 to 3.3V, Reset.',
  '  Netduino Plus 2: hold the button while plugging USB in.',
];
const ROUTE_PREPARATION = {
  dfu: ['Over USB: the loader appears as 0483:df11 (dfu-util -l shows it).'],
  serial: ['Over a serial port: connect its RX to PA9 and its TX to PA10 (3.3 V).'],
} as const;
/** What to check if the program failed. */
const ROUTE_FAULTS = {
  dfu: 'check that the chip is running its boot loader (`dfu-util -l` then lists 0483:df11), and that you have permission to use it (otherwise run the command with sudo).',
  serial:
    'check that the chip is running its boot loader, that RX and TX are crossed, and that you have permission to open the port.',
} as const;
const STM32_AFTERWARDS = [
  'Disconnect BOOT0 from 3.3 V and reset. The firmware uses 500000 baud on USART1: TX on PB6, RX on PB7',
  '  (Pyboard: X9, X10. Feather: SCL, SDA).',
];

/** Returns the command that writes a firmware, verifies it and starts it. */
export function imageCommand(firmware: Firmware, route: ImageRoute): ImageCommand {
  return route.over === 'dfu'
    ? {
        tool: 'dfu-util',
        args: ['--device', '0483:df11', '--alt', '0', '--dfuse-address', `${STM32_FLASH}:leave`, '-D', firmware.bin],
      }
    : {
        tool: 'stm32flash',
        args: ['-b', '115200', '-w', firmware.bin, '-v', '-S', STM32_FLASH, '-g', '0x0', route.port],
      };
}

/**
 * Writes a firmware to a chip with the chip's program, whose output goes to stderr. Throws `ToolError` if the program
 * is not installed or fails.
 */
async function write(board: Board, firmware: Firmware, route: ImageRoute): Promise<void> {
  const { tool, args } = imageCommand(firmware, route);
  const { exitCode } = await runTool(tool, args, true);
  if (exitCode !== 0) {
    throw new ToolError(
      `${board.name}: ${tool} ended with exit code ${exitCode}; ${ROUTE_FAULTS[route.over]} ` +
        `The command was: ${[tool, ...args].join(' ')}`,
    );
  }
}

/** Writes to an STM32 that runs its own loader, over USB (`dfu`) or a serial port. */
export const stm32Installer: Installer = (board, { dfu, port, drive }) => {
  if (drive !== undefined) throw new UsageError(`${board.name} has no drive; give --dfu or --port`);
  if ((dfu === true) === (port !== undefined)) throw new UsageError('flash-image: give either --dfu or --port');
  const route: ImageRoute = port === undefined ? { over: 'dfu' } : { over: 'serial', port };
  return {
    before: [...STM32_PREPARATION, ...ROUTE_PREPARATION[route.over]],
    after: STM32_AFTERWARDS,
    write: (firmware) => write(board, firmware, route),
  };
};

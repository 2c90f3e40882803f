import type { OpenBoardOptions } from '../device/index.js';

/** Returns which board the command line names; commander gives `true` for --port without a path. */
export function boardOptions(port: string | true | undefined): OpenBoardOptions {
  return typeof port === 'string' ? { port } : {};
}

/** The --port of commands that always need a board. */
export const PORT_OPTION = [
  '--port <path>',
  'serial port of the board (default: SPIKEWORD_PORT, otherwise the port where a board answers)',
] as const;

import type { OpenBoardOptions } from '../device/index.js';

/** Which board the command line names; commander gives `true` for --port without a path. */
export function boardOptions(port: string | true | undefined): OpenBoardOptions {
  return typeof port === 'string' ? { port } : {};
}

/** What --port means where a command needs a board anyway. */
export const PORT_OPTION = [
  '--port <path>',
  'serial port of the board (default: SPIKEWORD_PORT, else the one behind which a board answers)',
] as const;

import { fileURLToPath } from 'node:url';

/** What the process of the emulator needs, as its one argument. */
export interface Rp2040Settings {
  /** The firmware from the first byte of flash. */
  readonly image: string;
  readonly flashFile: string;
  /** A Unix socket for the serial port; without one, the process makes a pseudo-terminal. */
  readonly serialSocket?: string | undefined;
  /** A Unix socket that gives int16 samples, little-endian; without one, the microphone hears silence. */
  readonly soundSocket?: string | undefined;
  /** Whether the board's time may not run ahead of the computer's. */
  readonly waits: boolean;
}

/** Returns the command that emulates a Pico in a process of its own. */
export function rp2040Command(settings: Rp2040Settings): string[] {
  return [process.execPath, fileURLToPath(new URL('main.js', import.meta.url)), JSON.stringify(settings)];
}

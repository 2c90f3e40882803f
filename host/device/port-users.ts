import { readdirSync, readFileSync } from 'node:fs';

/** Programs of the system that open serial ports on their own, and how to stop them. */
const USERS: Readonly<Record<string, string>> = {
  ModemManager: 'ModemManager takes new ports for modems (sudo systemctl stop ModemManager)',
  brltty: 'brltty takes some USB adapters for Braille displays (sudo systemctl stop brltty-udev brltty, or remove it)',
};

/** Returns what of this runs on this computer, for an error about a port; nothing where /proc does not tell. */
export function portUsers(processes = '/proc'): string[] {
  try {
    const names = new Set(
      readdirSync(processes)
        .filter((entry) => /^\d+$/.test(entry))
        .map((entry) => nameOf(`${processes}/${entry}/comm`)),
    );
    return Object.keys(USERS)
      .filter((name) => names.has(name))
      .map((name) => USERS[name]);
  } catch {
    return [];
  }
}

function nameOf(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    // the process has ended
    return '';
  }
}

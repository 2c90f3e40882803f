import { closeSync, existsSync, fsyncSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { UsageError } from '../core/error.js';
import { ToolError } from '../system/index.js';
import type { Firmware } from './build.js';
import type { Installer } from './installer.js';

/** What the loader of every UF2 board puts on its drive. */
const INFORMATION = 'INFO_UF2.TXT';
/** How the RP2040's loader calls itself there. */
const RP2040 = 'RPI-RP2';

const LOOK_EVERY_MS = 250;
const DRIVE_WITHIN_MS = 120_000;
const RESTART_WITHIN_MS = 15_000;

export interface DriveTimes {
  readonly driveWithinMs: number;
  readonly restartWithinMs: number;
}

/** Returns the folders at which a drive may be mounted. */
function mountedFolders(): string[] {
  if (process.platform === 'win32') return [...'DEFGHIJKLMNOPQRSTUVWXYZ'].map((letter) => `${letter}:\\`);
  if (process.platform === 'darwin') return readdirSync('/Volumes').map((name) => join('/Volumes', name));
  try {
    // a space in a path is \\040
    return readFileSync('/proc/self/mounts', 'utf8')
      .split('\n')
      .map((line) => line.split(' '))
      .filter(([, , type]) => type === 'vfat' || type === 'msdos')
      .map(([, folder]) =>
        folder.replace(/\\([0-7]{3})/g, (_, octal) => String.fromCharCode(Number.parseInt(octal, 8))),
      );
  } catch {
    return [];
  }
}

/** Returns the board's name on a loader's drive, or undefined if the folder is not such a drive. */
function boardOnDrive(folder: string): string | undefined {
  const path = join(folder, INFORMATION);
  try {
    return /^Board-ID:\s*(\S+)/m.exec(readFileSync(path, 'latin1'))?.[1];
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code !== 'EACCES' && code !== 'EPERM') return undefined;
    throw new ToolError(
      `${path}: no permission to read it; allow your terminal to use removable drives, or mount the drive for your user`,
      { cause },
    );
  }
}

/** Waits for the loader's drive and returns its folder. */
async function findDrive(board: string, folders: () => readonly string[], withinMs: number): Promise<string> {
  const end = performance.now() + withinMs;
  for (;;) {
    const drives = folders().filter((folder) => boardOnDrive(folder) === RP2040);
    if (drives.length === 1) return drives[0];
    if (drives.length > 1) {
      throw new ToolError(`several drives belong to boards: ${drives.join(', ')}; choose one with --drive`);
    }
    if (performance.now() > end) {
      throw new ToolError(
        `${board}: no drive ${RP2040} appeared; hold BOOTSEL while you plug the board in, ` +
          'with a cable that carries data. If your system does not mount drives by itself, ' +
          'mount it and give its folder with --drive',
      );
    }
    await wait(LOOK_EVERY_MS);
  }
}

/** These come at the end of the copy, because the board restarts as soon as it has the last block. */
const GONE = new Set(['EIO', 'ENODEV', 'ENOENT', 'ENXIO', 'EINVAL', 'UNKNOWN']);

/** Copies the file to the drive. The system's buffer is written out, so that the board has all of it. */
function copy(firmware: Firmware, folder: string): void {
  const bytes = readFileSync(firmware.uf2!);
  const path = join(folder, 'spikeword.uf2');
  let file: number;
  try {
    file = openSync(path, 'w');
  } catch (cause) {
    throw new ToolError(`${path}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  let written = 0;
  try {
    while (written < bytes.length) written += writeSync(file, bytes, written);
    fsyncSync(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (written < bytes.length || !GONE.has(code ?? '')) {
      throw new ToolError(`${path}: only ${written} of ${bytes.length} bytes were written: ${message}`, { cause });
    }
  } finally {
    try {
      closeSync(file);
    } catch {
      // the drive is gone
    }
  }
}

/** Copies a firmware to the drive of a board, and waits until the board has restarted with it. */
async function write(board: string, firmware: Firmware, folder: string, withinMs: number): Promise<void> {
  copy(firmware, folder);
  const end = performance.now() + withinMs;
  while (existsSync(join(folder, INFORMATION))) {
    if (performance.now() > end) {
      throw new ToolError(
        `${board}: the file is on the drive ${folder}, but the drive has not gone away. If you mounted it by hand, ` +
          'unmount it. If the board does not appear in `spikeword ports`, unplug it and try again',
      );
    }
    await wait(LOOK_EVERY_MS);
  }
}

/** Makes the installer; the times are shorter in tests, and the drives are theirs. */
export function uf2InstallerWith(
  { driveWithinMs, restartWithinMs }: DriveTimes,
  folders: () => readonly string[],
): Installer {
  return (board, { dfu, port, drive }) => {
    if (dfu === true || port !== undefined) {
      throw new UsageError(`${board.name} takes its firmware as a file on its drive, without --dfu or --port`);
    }
    if (drive !== undefined) {
      const found = boardOnDrive(drive);
      if (found !== RP2040) {
        const what = found === undefined ? `no ${INFORMATION} there` : `it belongs to a board ${found}`;
        throw new UsageError(`${drive}: not the drive of a ${board.title} that waits for a firmware: ${what}`);
      }
    }
    return {
      before:
        drive === undefined
          ? [`Hold BOOTSEL while you plug the ${board.title} in; its drive ${RP2040} then appears. Waiting for it ...`]
          : [],
      after: ['The drive is gone: the board has restarted with the firmware, and is a serial port now.'],
      write: async (firmware) => {
        const folder = drive ?? (await findDrive(board.name, folders, driveWithinMs));
        await write(board.name, firmware, folder, restartWithinMs);
      },
    };
  };
}

/** Copies the firmware as a UF2 file to the drive of a board that runs its own loader. */
export const uf2Installer: Installer = uf2InstallerWith(
  { driveWithinMs: DRIVE_WITHIN_MS, restartWithinMs: RESTART_WITHIN_MS },
  mountedFolders,
);

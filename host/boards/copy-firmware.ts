import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../system/index.js';
import type { Board } from './boards.js';
import type { Firmware } from './build.js';

/** Copies the files of a firmware into a folder, named after the board. Returns the firmware with the new paths. */
export function copyFirmware(board: Board, firmware: Firmware, folder: string): Firmware {
  const copied = (path: string, extension: string): string => {
    const copy = join(folder, `${board.name}.${extension}`);
    writeFileAtomically(copy, readFileSync(path));
    return copy;
  };
  return {
    ...firmware,
    folder,
    elf: copied(firmware.elf, 'elf'),
    bin: copied(firmware.bin, 'bin'),
    ...(firmware.uf2 === undefined ? {} : { uf2: copied(firmware.uf2, 'uf2') }),
  };
}

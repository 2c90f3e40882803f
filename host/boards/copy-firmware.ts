import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomically } from '../system/index.js';
import type { Board } from './boards.js';
import type { Firmware } from './build.js';

/** Copies the ELF file and the image into a folder, named after the board. Returns the firmware with the new paths. */
export function copyFirmware(board: Board, firmware: Firmware, folder: string): Firmware {
  const copy = { ...firmware, folder, elf: join(folder, `${board.name}.elf`), bin: join(folder, `${board.name}.bin`) };
  writeFileAtomically(copy.elf, readFileSync(firmware.elf));
  writeFileAtomically(copy.bin, readFileSync(firmware.bin));
  return copy;
}

import { bytesText, type Column, countText, left, right, textTable, wrapText } from '../core/text/index.js';
import type { Board, Emulation } from './boards.js';
import type { Firmware } from './build.js';

const KIB = 1024;

/** One row of `board list`, with the keys of --json. */
export interface BoardRow {
  readonly name: string;
  readonly title: string;
  readonly core: string;
  readonly clockHz: number;
  /** Bytes of each of the two slots for models, and the kind of memory they are in. */
  readonly slotBytes: number;
  readonly flash: string;
  readonly kernelRamBytes: number;
  /** Whether it can listen without a computer. */
  readonly microphone: boolean;
  /** The emulator and its arguments; null if none has this board. */
  readonly emulator: string | null;
  readonly installation: Board['installation'];
  /** No board has been reported to work on hardware yet. */
  readonly triedOnSilicon: false;
}

const emulatorText = (emulation: Emulation): string =>
  emulation.program === 'rp2040js' ? emulation.program : `${emulation.program} -machine ${emulation.machine}`;

export function boardRow(board: Board): BoardRow {
  const { name, title, core, clockHz, slotBytes, flash, kernelRamBytes, microphone, emulation, installation } = board;
  const emulator = emulation === undefined ? null : emulatorText(emulation);
  return {
    name,
    title,
    core,
    clockHz,
    slotBytes,
    flash,
    kernelRamBytes,
    microphone,
    emulator,
    installation,
    triedOnSilicon: false,
  };
}

const COLUMNS: readonly Column<Board>[] = [
  left('board', ({ name }) => name),
  left('what it is', ({ title }) => title),
  left('core', ({ core }) => core),
  right('clock', ({ clockHz }) => `${countText(clockHz / 1e6)} MHz`),
  left('models', ({ slotBytes, flash }) => `2 × ${slotBytes / KIB} KB ${flash}`),
  right('RAM', ({ kernelRamBytes }) => `${kernelRamBytes / KIB} KB`),
];

/** Returns the table of `board list`. */
export function boardsText(boards: readonly Board[]): string {
  const listening = boards.filter(({ microphone }) => microphone).map(({ name }) => name);
  const installable = boards.filter(({ installation }) => installation !== 'none').map(({ name }) => name);
  return wrapText(`${textTable(boards, COLUMNS).join('\n')}

models: two slots of flash; RAM: for the kernel; \`spikeword info MODEL\` says how much a model needs
They can all be emulated: spikeword board emulate BOARD
With --microphone they listen by themselves: ${listening.join(', ')}
flash-image writes the firmware of ${installable.join(', ')} to hardware. None has been tried on hardware.
`);
}

/** The sizes of a firmware, with the keys of --json. */
export interface FirmwareSizes {
  readonly board: string;
  readonly elf: string;
  readonly bin: string;
  /** For boards that are installed by copying a file to a drive. */
  readonly uf2?: string;
  readonly textBytes: number;
  readonly dataBytes: number;
  readonly bssBytes: number;
  /** Program memory: text and data. */
  readonly firmwareBytes: number;
  /** Data, zeroed data and stack. */
  readonly ramBytes: number;
  readonly stackBytes: number;
}

export function firmwareSizes(board: Board, firmware: Firmware): FirmwareSizes {
  const { elf, bin, uf2, textBytes, dataBytes, bssBytes } = firmware;
  return {
    board: board.name,
    elf,
    bin,
    ...(uf2 === undefined ? {} : { uf2 }),
    textBytes,
    dataBytes,
    bssBytes,
    firmwareBytes: textBytes + dataBytes,
    ramBytes: dataBytes + bssBytes,
    stackBytes: board.stackBytes,
  };
}

export function firmwareText(sizes: FirmwareSizes, board: Board): string {
  const { firmwareBytes, textBytes, dataBytes, ramBytes, stackBytes } = sizes;
  const lines = [
    `${sizes.board}`,
    `  flash  ${bytesText(firmwareBytes)} (text ${countText(textBytes)}, data ${countText(dataBytes)})`,
    `  RAM    ${bytesText(ramBytes)}, of which ${countText(board.kernelRamBytes)} for the kernel and ` +
      `${countText(stackBytes)} for the stack`,
    `  ELF    ${sizes.elf}`,
    `  image  ${sizes.bin}`,
    ...(sizes.uf2 === undefined ? [] : [`  UF2    ${sizes.uf2}`]),
    '',
  ];
  return wrapText(lines.join('\n'));
}

import { UsageError } from '../core/error.js';

/** How the firmware is written to real hardware. */
export type Installation = 'stm32' | 'uf2' | 'none';

/** A chip, or a family of boards around one. */
interface Chip {
  readonly core: string;
  readonly clockHz: number;
  readonly family: 'cortex-m' | 'riscv';
  /** GCC's options for the processor. */
  readonly processor: readonly string[];
  /** C and assembly files, relative to firmware-bridge/boards. */
  readonly sources: readonly string[];
  /** Relative to firmware-bridge/boards. */
  readonly linkerScript: string;
  /** The kernel's part of RAM: a model that needs more does not fit. */
  readonly kernelRamBytes: number;
  readonly stackBytes: number;
  /** The size of one of the two slots for models, equal to the board's hal_flash_slot_size. */
  readonly slotBytes: number;
  /** The kind of memory that stores the models. */
  readonly flash: string;
  /** Whether `hal_microphone` says so. */
  readonly microphone: boolean;
  readonly installation: Installation;
}

/** A board that firmware can be built for: a chip with a name. docs/boards.md says how to add one. */
export interface Board extends Chip {
  readonly name: string;
  readonly title: string;
  /** Missing if no emulator has this board: its firmware can then be built and installed, but not tested here. */
  readonly emulation?: Emulation;
}

export type Emulation = QemuEmulation | Rp2040Emulation;

export interface QemuEmulation {
  readonly program: 'qemu-system-arm' | 'qemu-system-riscv32';
  readonly machine: string;
  /** Size of the file for the flash, which begins with the models. QEMU requires the size of the whole chip. */
  readonly flashFileBytes: number;
  /** How the file is attached to the machine. Sound comes in at the second serial port. */
  readonly attachment: 'semihosting' | 'mtd' | 'pflash';
}

/** rp2040js, in a process of its own. */
export interface Rp2040Emulation {
  readonly program: 'rp2040js';
  readonly flashFileBytes: number;
}

const KIB = 1024;

const CORTEX_M = [
  'cortex-m/startup.c',
  'cortex-m/systick.c',
  'cortex-m/nonce.c',
  'shared/memory-use.c',
  'shared/flash-range.c',
];
/** For boards with a UART whose processor is restarted by itself, and which QEMU runs. */
const WITH_UART = ['cortex-m/receive.c', 'cortex-m/restart.c', 'shared/receive-ring.c', 'shared/semihosting.c'];

const STM32F405: Chip = {
  core: 'Cortex-M4',
  clockHz: 168_000_000,
  family: 'cortex-m',
  processor: ['-mcpu=cortex-m4+nofp'],
  sources: [...CORTEX_M, ...WITH_UART, 'shared/no-microphone.c', 'netduinoplus2/board.c', 'netduinoplus2/flash.c'],
  linkerScript: 'netduinoplus2/memory.ld',
  kernelRamBytes: 60 * KIB,
  stackBytes: 4 * KIB,
  slotBytes: 256 * KIB,
  flash: 'on chip',
  microphone: false,
  installation: 'stm32',
};

const SMARTFUSION2: Chip = {
  core: 'Cortex-M3',
  clockHz: 142_000_000,
  family: 'cortex-m',
  processor: ['-mcpu=cortex-m3'],
  sources: [...CORTEX_M, ...WITH_UART, 'shared/no-microphone.c', 'emcraft-sf2/board.c', 'emcraft-sf2/spi-flash.c'],
  linkerScript: 'emcraft-sf2/memory.ld',
  kernelRamBytes: 40 * KIB,
  stackBytes: 4 * KIB,
  slotBytes: 256 * KIB,
  flash: 'SPI NOR',
  microphone: false,
  installation: 'none',
};

const RP2040: Chip = {
  core: 'Cortex-M0+',
  clockHz: 125_000_000,
  family: 'cortex-m',
  processor: ['-mcpu=cortex-m0plus'],
  sources: [
    ...CORTEX_M,
    'shared/microphone-ring.c',
    'rp2040/boot2.S',
    'rp2040/board.c',
    'rp2040/usb.c',
    'rp2040/usb-control.c',
    'rp2040/flash.c',
    'rp2040/microphone.c',
    'rp2040/led.c',
    'rp2040/watchdog.c',
  ],
  linkerScript: 'rp2040/memory.ld',
  kernelRamBytes: 60 * KIB,
  stackBytes: 4 * KIB,
  slotBytes: 256 * KIB,
  flash: 'QSPI NOR',
  microphone: true,
  installation: 'uf2',
};

const RV32: Chip = {
  core: 'RV32IMC',
  clockHz: 1_000_000_000,
  family: 'riscv',
  processor: ['-march=rv32imc', '-mabi=ilp32', '-misa-spec=2.2'],
  sources: [
    'rv32-virt/startup.S',
    'rv32-virt/board.c',
    'rv32-virt/flash.c',
    'shared/receive-ring.c',
    'shared/no-microphone.c',
    'shared/memory-use.c',
    'shared/flash-range.c',
    'shared/semihosting.c',
  ],
  linkerScript: 'rv32-virt/memory.ld',
  kernelRamBytes: 60 * KIB,
  stackBytes: 4 * KIB,
  slotBytes: 256 * KIB,
  flash: 'parallel NOR',
  microphone: false,
  installation: 'none',
};

function mps2(image: string, core: string, processor: string): Board {
  return {
    name: `mps2-${image}`,
    title: `ARM MPS2, ${image.toUpperCase()}`,
    core,
    clockHz: 25_000_000,
    family: 'cortex-m',
    processor: [`-mcpu=${processor}`],
    sources: [...CORTEX_M, ...WITH_UART, 'shared/microphone-ring.c', 'mps2/board.c'],
    linkerScript: `mps2/${image}.ld`,
    kernelRamBytes: 40 * KIB,
    stackBytes: 4 * KIB,
    slotBytes: 256 * KIB,
    flash: 'PSRAM',
    microphone: true,
    installation: 'none',
    emulation: {
      program: 'qemu-system-arm',
      machine: `mps2-${image}`,
      flashFileBytes: 512 * KIB,
      attachment: 'semihosting',
    },
  };
}

/** All boards, the default first. */
export const boards: readonly Board[] = [
  mps2('an386', 'Cortex-M4', 'cortex-m4+nofp'),
  mps2('an385', 'Cortex-M3', 'cortex-m3'),
  mps2('an500', 'Cortex-M7', 'cortex-m7+nofp'),
  {
    ...RP2040,
    name: 'pico',
    title: 'Raspberry Pi Pico',
    emulation: { program: 'rp2040js', flashFileBytes: 512 * KIB },
  },
  {
    ...STM32F405,
    name: 'netduinoplus2',
    title: 'STM32F405: Pyboard, Feather',
    emulation: {
      program: 'qemu-system-arm',
      machine: 'netduinoplus2',
      flashFileBytes: 512 * KIB,
      attachment: 'semihosting',
    },
  },
  {
    ...SMARTFUSION2,
    name: 'emcraft-sf2',
    title: 'Emcraft SmartFusion2 module',
    emulation: {
      program: 'qemu-system-arm',
      machine: 'emcraft-sf2',
      flashFileBytes: 16 * KIB * KIB,
      attachment: 'mtd',
    },
  },
  {
    ...RV32,
    name: 'rv32-virt',
    title: 'RISC-V virtual machine',
    emulation: {
      program: 'qemu-system-riscv32',
      machine: 'virt',
      flashFileBytes: 32 * KIB * KIB,
      attachment: 'pflash',
    },
  },
];

/** Returns the board of this name. Throws `UsageError`, which lists all boards, if there is none. */
export function findBoard(name: string): Board {
  const board = boards.find((candidate) => candidate.name === name);
  if (board === undefined) {
    throw new UsageError(`unknown board ${name}; choose one of ${boards.map((known) => known.name).join(', ')}`);
  }
  return board;
}

/** Returns how a board is emulated. Throws `UsageError`, which lists those that can be, if it cannot. */
export function emulationOf({ name, emulation }: Board): Emulation {
  if (emulation !== undefined) return emulation;
  const able = boards.filter((board) => board.emulation !== undefined).map((board) => board.name);
  throw new UsageError(`no emulator has the board ${name}; these can be emulated: ${able.join(', ')}`);
}

/** Throws `UsageError`, which lists those that have one, for a board without a microphone. */
export function checkMicrophone({ name, microphone }: Board): void {
  if (microphone) return;
  const able = boards.filter((board) => board.microphone).map((board) => board.name);
  throw new UsageError(`${name} has no microphone; these boards have one: ${able.join(', ')}`);
}

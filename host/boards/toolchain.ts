import type { Board } from './boards.js';
import type { Tool } from './tools.js';

/** The prefix of each family's tools, and the options of its compiler and linker without those for the processor. */
const FAMILIES = {
  'cortex-m': {
    prefix: 'arm-none-eabi',
    compile: ['-mthumb', '-mfloat-abi=soft'],
    link: ['--specs=nano.specs'],
  },
  riscv: {
    prefix: 'riscv64-unknown-elf',
    compile: ['--specs=picolibc.specs', '-mcmodel=medany'],
    link: ['-Wl,--no-warn-rwx-segments'],
  },
} as const;

/** GCC's warnings for C that is written by hand, here and in the tests' builds for this computer. */
export const WARNINGS = [
  '-Wall',
  '-Wextra',
  '-Wconversion',
  '-Wcast-qual',
  '-Wstrict-prototypes',
  '-Wundef',
  '-Wvla',
  '-Werror',
];

/**
 * Never -Os for everything: with checks on, it makes wasm2c's output ten times as slow. Loops that fill or copy stay
 * loops, because they work word by word; newlib-nano's functions work byte by byte.
 */
const COMPILE = ['-std=gnu11', '-O2', '-g', '-ffunction-sections', '-fdata-sections', '-fno-common', '-ffreestanding'];
const OWN_SOURCES = [...WARNINGS, '-fno-tree-loop-distribute-patterns'];
/** The application waits for the kernel or for the serial line: what matters is how much flash it takes. */
const APPLICATION = ['-Os'];
/**
 * The kernel's loops need all registers: none may go to a second copy of an address (one to check, one to use), to a
 * second counter of a loop or to a surrounding function. Everything worth inlining is already inlined in the module.
 */
const TRANSLATED = ['-w', '-fno-ivopts', '-fno-tree-loop-ivcanon', '-fno-inline'];
const LINK = ['-nostartfiles', '-Wl,--gc-sections', '-Wl,--build-id=none', '-Wl,--fatal-warnings'];

/** GCC and its companion tools for a board, and their options. */
export interface Toolchain {
  readonly gcc: Tool;
  readonly objcopy: Tool;
  readonly size: Tool;
  readonly nm: Tool;
  /** Options for every source. */
  readonly compile: readonly string[];
  readonly ownSources: readonly string[];
  readonly application: readonly string[];
  readonly translated: readonly string[];
  readonly link: readonly string[];
}

/** Returns the toolchain of a board. `scripts` is the folder of the linker scripts. */
export function toolchain(board: Board, scripts: string): Toolchain {
  const { prefix, compile, link } = FAMILIES[board.family];
  return {
    gcc: `${prefix}-gcc`,
    objcopy: `${prefix}-objcopy`,
    size: `${prefix}-size`,
    nm: `${prefix}-nm`,
    compile: [...COMPILE, ...compile, ...board.processor, `-DKERNEL_RAM_BYTES=${board.kernelRamBytes}u`],
    ownSources: OWN_SOURCES,
    application: APPLICATION,
    translated: TRANSLATED,
    link: [
      ...LINK,
      ...link,
      `-Wl,--defsym=STACK_BYTES=${board.stackBytes}`,
      `-L${scripts}`,
      `-T${scripts}/${board.linkerScript}`,
    ],
  };
}

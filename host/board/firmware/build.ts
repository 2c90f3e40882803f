import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageVersion } from '../../package-files.js';
import type { Board } from './boards.js';
import { contentFolder, contentKey } from './content-folder.js';
import { FirmwareError } from './error.js';
import { firmwarePath, kernelSource } from './kernel-source.js';
import { runTool, type Tool } from './tools.js';

export interface BuildOptions {
  /** C sources in the place of the application, with `main`: absolute paths. */
  readonly application?: readonly string[];
  /** A module with the kernel's exports in its place. */
  readonly wasm?: Uint8Array;
  /** Further macros, such as `{ COMMIT_EARLY: '1' }`. */
  readonly defines?: Readonly<Record<string, string>>;
}

/** An image for a board, in the cache. */
export interface Firmware {
  readonly folder: string;
  readonly elf: string;
  /** The bytes of program memory from its first address. */
  readonly bin: string;
  /** Code and constants. */
  readonly textBytes: number;
  /** Variables with initial values: in program memory and in RAM. */
  readonly dataBytes: number;
  /** RAM without initial values, the stack included. */
  readonly bssBytes: number;
  /** Addresses of functions and variables. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** The prefix of each family's tools and what its compiler and linker are given, apart from the processor. */
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

/**
 * Never -Os: with checks on it makes wasm2c's output ten times as slow. Loops that fill or copy stay loops, which are
 * by words; newlib-nano's go byte by byte.
 */
const COMPILE = ['-std=gnu11', '-O2', '-g', '-ffunction-sections', '-fdata-sections', '-fno-common', '-ffreestanding'];
const OWN_SOURCES = ['-Wall', '-Wextra', '-Werror', '-fno-tree-loop-distribute-patterns'];
const TRANSLATED = ['-w'];
const LINK = ['-nostartfiles', '-Wl,--gc-sections', '-Wl,--build-id=none', '-Wl,--fatal-warnings'];

/** The application: every C source below these folders of firmware-bridge. */
const APPLICATION_FOLDERS = ['application', 'protocol', 'store'];

function sourcesIn(folder: string, extension: string): string[] {
  return readdirSync(firmwarePath(folder))
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => firmwarePath(`${folder}/${name}`));
}

/** The application's C sources, absolute paths. */
export function applicationSources(): string[] {
  return APPLICATION_FOLDERS.flatMap((folder) => sourcesIn(folder, '.c'));
}

/** All that a build may read: no list of headers to keep, and a little compiling too often does no harm. */
function everySource(): string[] {
  return readdirSync(firmwarePath(''), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function run(tool: Tool, args: readonly string[], doing: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runTool(tool, args);
  if (exitCode !== 0) {
    const lines = stderr.trim().split('\n');
    throw new FirmwareError(`${doing}: ${tool} failed:\n${lines.slice(0, 12).join('\n')}`);
  }
  return stdout;
}

/** Sections as `size` counts them: text with constants, data, bss. */
function parseSizes(output: string): { textBytes: number; dataBytes: number; bssBytes: number } {
  const numbers = /^\s*(\d+)\s+(\d+)\s+(\d+)/m.exec(output);
  if (numbers === null) throw new FirmwareError(`the sizes of the firmware cannot be read: ${output.trim()}`);
  const [textBytes, dataBytes, bssBytes] = numbers.slice(1).map(Number);
  return { textBytes, dataBytes, bssBytes };
}

/**
 * Builds the firmware of a board: the kernel in C, its runtime, the board's sources and the application, with GCC. The
 * result is kept in the cache under everything it depends on: sources, compiler and options. Throws `ToolError` for a
 * missing compiler, `FirmwareError` with the compiler's first lines.
 */
export async function buildFirmware(board: Board, options: BuildOptions = {}): Promise<Firmware> {
  const family = FAMILIES[board.family];
  const gcc: Tool = `${family.prefix}-gcc`;
  const kernel = await kernelSource(options.wasm);
  const application = options.application ?? applicationSources();
  const defines = Object.entries({
    KERNEL_RAM_BYTES: `${board.kernelRamBytes}u`,
    BOARD_NAME: `"${board.name}"`,
    SPIKEWORD_VERSION: `"${packageVersion()}"`,
    ...options.defines,
  }).map(([name, value]) => `-D${name}=${value}`);
  const compile = [...COMPILE, ...family.compile, ...board.processor, ...defines];
  const includes = [...kernel.includeFolders, firmwarePath('')].map((path) => `-I${path}`);
  const link = [
    ...LINK,
    ...family.link,
    `-Wl,--defsym=STACK_BYTES=${board.stackBytes}`,
    `-L${firmwarePath('boards')}`,
    `-T${firmwarePath(`boards/${board.linkerScript}`)}`,
  ];
  const sources = [
    ...kernel.runtimeSources,
    ...board.sources.map((path) => firmwarePath(`boards/${path}`)),
    ...application,
  ];
  const key = contentKey([
    (await runTool(gcc, ['--version'])).stdout,
    ...[...everySource(), ...application].flatMap((path) => [path, readFileSync(path)]),
    kernel.folder,
    JSON.stringify([OWN_SOURCES, TRANSLATED, compile, link, sources]),
  ]);

  const folder = await contentFolder(board.name, key, async (partial) => {
    const doing = `firmware for ${board.name}`;
    const elf = join(partial, 'firmware.elf');
    const translated = join(partial, 'kernel-wasm.o');
    await run(gcc, [...compile, ...TRANSLATED, ...includes, '-c', kernel.source, '-o', translated], doing);
    await run(gcc, [...compile, ...OWN_SOURCES, ...includes, ...sources, translated, ...link, '-o', elf], doing);
    await run(`${family.prefix}-objcopy`, ['-O', 'binary', elf, join(partial, 'firmware.bin')], doing);
    writeFileSync(join(partial, 'size.txt'), await run(`${family.prefix}-size`, [elf], doing));
    writeFileSync(join(partial, 'symbols.txt'), await run(`${family.prefix}-nm`, [elf], doing));
  });
  return readFirmware(folder);
}

function readFirmware(folder: string): Firmware {
  const symbols = readFileSync(join(folder, 'symbols.txt'), 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length === 3)
    .map(([address, , name]) => [name, Number.parseInt(address, 16)] as const);
  return {
    folder,
    elf: join(folder, 'firmware.elf'),
    bin: join(folder, 'firmware.bin'),
    ...parseSizes(readFileSync(join(folder, 'size.txt'), 'utf8')),
    symbols: new Map(symbols),
  };
}

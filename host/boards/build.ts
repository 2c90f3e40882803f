import { copyFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { packagePath, packageVersion, ToolError } from '../system/index.js';
import type { Board } from './boards.js';
import { contentFolder, contentKey } from './content-folder.js';
import { firmwarePath, type KernelSource, kernelSource } from './kernel-source.js';
import { sealImage, uf2Of } from './rp2040/image.js';
import { type Toolchain, toolchain } from './toolchain.js';
import { runTool, type Tool } from './tools.js';

export interface BuildOptions {
  /** C sources with `main` that replace the application: absolute paths. */
  readonly application?: readonly string[];
  /** Static libraries that the application needs: absolute paths, in the order of linking. */
  readonly libraries?: readonly string[];
  /** A module with the kernel's exports that replaces the kernel. */
  readonly wasm?: Uint8Array;
  /** C sources with the functions of kernel.h that replace the translated kernel: absolute paths. */
  readonly kernel?: readonly string[];
  /** Additional macros, such as `{ COMMIT_EARLY: '1' }`. */
  readonly defines?: Readonly<Record<string, string>>;
}

/** The firmware of a board, in the cache. */
export interface Firmware {
  readonly folder: string;
  readonly elf: string;
  /** The bytes of program memory from its first address. */
  readonly bin: string;
  /** The same for boards that are installed by copying a file to a drive. */
  readonly uf2?: string;
  /** Code and constants. */
  readonly textBytes: number;
  /** Variables with initial values: in program memory and in RAM. */
  readonly dataBytes: number;
  /** RAM without initial values, including the stack. */
  readonly bssBytes: number;
  /** Addresses of functions and variables. */
  readonly symbols: ReadonlyMap<string, number>;
}

/** The application: every C source in these folders of firmware-bridge. */
const APPLICATION_FOLDERS = ['application', 'protocol', 'store'];

function sourcesIn(folder: string, extension: string): string[] {
  return readdirSync(firmwarePath(folder))
    .filter((name) => name.endsWith(extension))
    .sort()
    .map((name) => firmwarePath(`${folder}/${name}`));
}

/** Returns the absolute paths of the application's C sources. */
export function applicationSources(): string[] {
  return APPLICATION_FOLDERS.flatMap((folder) => sourcesIn(folder, '.c'));
}

/** Returns all files in a folder and its subfolders. Builds depend on all of them, so nobody must maintain a list. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

async function run(tool: Tool, args: readonly string[], doing: string): Promise<string> {
  const { exitCode, stdout, stderr } = await runTool(tool, args);
  if (exitCode !== 0) {
    const lines = stderr.trim().split('\n');
    throw new ToolError(`${doing}: ${tool} failed:\n${lines.slice(0, 12).join('\n')}`);
  }
  return stdout;
}

/** Parses the section sizes that `size` prints: text with constants, data, bss. */
function parseSizes(output: string): { textBytes: number; dataBytes: number; bssBytes: number } {
  const numbers = /^\s*(\d+)\s+(\d+)\s+(\d+)/m.exec(output);
  if (numbers === null) throw new ToolError(`the sizes of the firmware cannot be read from: ${output.trim()}`);
  const [textBytes, dataBytes, bssBytes] = numbers.slice(1).map(Number);
  return { textBytes, dataBytes, bssBytes };
}

/**
 * Compiles the translated kernel and returns the path of the object. It takes longest to compile and is the same for
 * every application, so it has its own entry in the cache.
 */
async function compileKernel(tools: Toolchain, compiler: string, kernel: KernelSource, doing: string): Promise<string> {
  const read = kernel.includeFolders.flatMap(filesIn).flatMap((path) => [path, readFileSync(path)]);
  const options = [...tools.compile, ...tools.translated, ...kernel.includeFolders.map((path) => `-I${path}`)];
  const folder = await contentFolder('object', contentKey([compiler, ...read, ...options]), async (partial) => {
    await run(tools.gcc, [...options, '-c', kernel.source, '-o', join(partial, 'kernel-wasm.o')], doing);
  });
  return join(folder, 'kernel-wasm.o');
}

/** What the firmware of a board depends on besides the compiler. */
function firmwareKey(board: Board, kernel: KernelSource): string {
  const tools = toolchain(board, 'boards');
  const files = [...kernel.includeFolders, firmwarePath('')].flatMap(filesIn);
  return contentKey([
    packageVersion(),
    JSON.stringify([board.name, board.sources, tools]),
    ...files.flatMap((path) => [basename(path), readFileSync(path)]),
  ]);
}

const packagedFolder = (board: Board): string => packagePath(`dist/firmware/${board.name}`);

/** Returns the firmware that the package brings, or null if it is not of these sources. */
async function packagedFirmware(board: Board): Promise<Firmware | null> {
  const folder = packagedFolder(board);
  const key = join(folder, 'key.txt');
  if (!existsSync(key)) return null;
  return readFileSync(key, 'utf8') === firmwareKey(board, await kernelSource()) ? readFirmware(board, folder) : null;
}

/**
 * Builds the firmware of a board for the package, in `dist/firmware`: so whoever installs it needs no compiler. Throws
 * `ToolError` like `buildFirmware`.
 */
export async function packageFirmware(board: Board): Promise<void> {
  const built = await compileFirmware(board, {});
  const folder = packagedFolder(board);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of readdirSync(built.folder)) copyFileSync(join(built.folder, name), join(folder, name));
  await run(toolchain(board, 'boards').objcopy, ['--strip-debug', join(folder, 'firmware.elf')], board.name);
  // last: with it the folder is complete
  writeFileSync(join(folder, 'key.txt'), firmwareKey(board, await kernelSource()));
}

/**
 * Returns the firmware of a board: the one that the package brings, or one that GCC builds from the kernel in C, its
 * runtime, the board's sources and the application. What GCC builds is kept in the cache under a key of everything it
 * depends on: sources, compiler and options. Throws `ToolError` if the compiler is missing, or fails; the message then
 * contains the first lines of its output.
 */
export async function buildFirmware(board: Board, options: BuildOptions = {}): Promise<Firmware> {
  const packaged = Object.keys(options).length === 0 ? await packagedFirmware(board) : null;
  return packaged ?? (await compileFirmware(board, options));
}

async function compileFirmware(board: Board, options: BuildOptions): Promise<Firmware> {
  const doing = `firmware for ${board.name}`;
  const kernel = await kernelSource(options.wasm);
  const application = options.application ?? applicationSources();
  const tools = toolchain(board, firmwarePath('boards'));
  const size = options.application === undefined ? tools.application : [];
  const compiler = (await runTool(tools.gcc, ['--version'])).stdout;
  const defines = { BOARD_NAME: `"${board.name}"`, SPIKEWORD_VERSION: `"${packageVersion()}"`, ...options.defines };
  const compile = [
    ...tools.compile,
    ...tools.ownSources,
    ...Object.entries(defines).map(([name, value]) => `-D${name}=${value}`),
    ...[...kernel.includeFolders, firmwarePath('')].map((path) => `-I${path}`),
  ];
  const boardSources = board.sources.map((path) => firmwarePath(`boards/${path}`));
  const boardAndRuntime = [...(options.kernel ?? kernel.runtimeSources), ...boardSources];
  const libraries = options.libraries ?? [];
  const sources = [...boardAndRuntime, ...application, ...libraries];
  const key = contentKey([
    compiler,
    ...[...filesIn(firmwarePath('')), ...sources].flatMap((path) => [path, readFileSync(path)]),
    JSON.stringify([compile, size, tools.translated, tools.link, sources]),
  ]);
  const folder = await contentFolder(board.name, key, async (partial) => {
    const elf = join(partial, 'firmware.elf');
    const translated = options.kernel === undefined ? [await compileKernel(tools, compiler, kernel, doing)] : [];
    const objects: string[] = [];
    for (const source of application) {
      const object = join(partial, `${objects.length}.o`);
      await run(tools.gcc, [...compile, ...size, '-c', source, '-o', object], doing);
      objects.push(object);
    }
    const linked = [...objects, ...libraries, ...translated, ...tools.link];
    await run(tools.gcc, [...compile, ...boardAndRuntime, ...linked, '-o', elf], doing);
    for (const object of objects) rmSync(object);
    const bin = join(partial, 'firmware.bin');
    await run(tools.objcopy, ['-O', 'binary', elf, bin], doing);
    if (board.installation === 'uf2') writeUf2(bin, join(partial, 'firmware.uf2'));
    // without the path, which differs from build to build
    writeFileSync(join(partial, 'size.txt'), (await run(tools.size, [elf], doing)).replaceAll(elf, 'firmware.elf'));
    writeFileSync(join(partial, 'symbols.txt'), await run(tools.nm, [elf], doing));
  });
  return readFirmware(board, folder);
}

function writeUf2(bin: string, uf2: string): void {
  const image = readFileSync(bin);
  sealImage(image);
  writeFileSync(bin, image);
  writeFileSync(uf2, uf2Of(image));
}

function readFirmware(board: Board, folder: string): Firmware {
  const symbols = readFileSync(join(folder, 'symbols.txt'), 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter((fields) => fields.length === 3)
    .map(([address, , name]) => [name, Number.parseInt(address, 16)] as const);
  return {
    folder,
    elf: join(folder, 'firmware.elf'),
    bin: join(folder, 'firmware.bin'),
    ...(board.installation === 'uf2' ? { uf2: join(folder, 'firmware.uf2') } : {}),
    ...parseSizes(readFileSync(join(folder, 'size.txt'), 'utf8')),
    symbols: new Map(symbols),
  };
}

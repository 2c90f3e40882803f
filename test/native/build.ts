import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { firmwarePath, type KernelSource, kernelSource, missingTools, WARNINGS } from '../../host/boards/index.js';
import { packagePath } from '../../host/system/package-files.js';

const run = promisify(execFile);

const missing = await missingTools(['gcc', 'wasm2c']);

/** The reason why the firmware cannot be compiled here, for node:test's `skip`; false if it can. */
export const nativeSkip: string | false =
  missing.length > 0 && `${missing.join(' and ')} not found; npm run setup:boards installs what is missing`;

export interface NativeBuild {
  /** Builds with AddressSanitizer and UndefinedBehaviorSanitizer; any finding ends the process. */
  readonly sanitize?: boolean;
  /** Additional macros; KERNEL_RAM_BYTES is 49152 unless given here. */
  readonly defines?: Readonly<Record<string, string | number>>;
  /** Texts that replace files of firmware-bridge, by their path there. */
  readonly patches?: Readonly<Record<string, string>>;
  /** Absolute paths of sources that replace the application's main.c and the posix board. */
  readonly program?: readonly string[];
}

const COMMON = ['protocol', 'store', 'application'];
const BOARD = 'boards/posix';
/** What the posix board takes from those on chips. */
const RING = 'boards/shared/microphone-ring';
const SANITIZERS = ['-fsanitize=address,undefined', '-fno-sanitize-recover=all', '-fno-omit-frame-pointer'];

function keyOf(content: unknown): string {
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 16);
}

/** Returns path and text of all sources and headers in a folder of firmware-bridge. */
function texts(folder: string): [string, string][] {
  return readdirSync(firmwarePath(folder))
    .filter((name) => /\.[ch]$/.test(name))
    .sort()
    .map((name) => [`${folder}/${name}`, readFileSync(firmwarePath(`${folder}/${name}`), 'utf8')]);
}

/**
 * Compiles the firmware with the kernel as a program for this computer, and returns its path. The same sources and
 * options give the same file in dist/native, which is compiled only once.
 */
export async function buildNative(options: NativeBuild = {}): Promise<string> {
  const kernel = await kernelSource();
  const files = new Map([
    ['generated.h', readFileSync(firmwarePath('generated.h'), 'utf8')],
    ...['hal', 'runtime', ...COMMON, BOARD].flatMap(texts),
  ]);
  for (const path of [`${RING}.c`, `${RING}.h`]) files.set(path, readFileSync(firmwarePath(path), 'utf8'));
  for (const [path, text] of Object.entries(options.patches ?? {})) {
    if (!files.has(path)) throw new Error(`${path}: no file of firmware-bridge`);
    files.set(path, text);
  }
  const defines = Object.entries({ KERNEL_RAM_BYTES: 49_152, SPIKEWORD_VERSION: '"native"', ...options.defines });
  const flags = [
    '-std=gnu11',
    '-g',
    ...(options.sanitize === true ? ['-O1', ...SANITIZERS] : ['-O2']),
    ...defines.map(([name, value]) => `-D${name}=${value}`),
  ];
  // with the headers next to its sources
  const beside = [...new Set((options.program ?? []).map((path) => dirname(path)))];
  const program = beside.flatMap((folder) =>
    readdirSync(folder).map((name) => [name, /\.[ch]$/.test(name) ? readFileSync(join(folder, name), 'utf8') : '']),
  );
  const key = keyOf([[...files], flags, options.program, program, readFileSync(kernel.source, 'utf8')]);
  const folder = packagePath(`dist/native/${key}`);
  const executable = join(folder, 'firmware');
  if (existsSync(executable)) return executable;

  mkdirSync(packagePath('dist/native'), { recursive: true });
  const scratch = mkdtempSync(packagePath('dist/native/.partial-'));
  try {
    for (const [path, text] of files) {
      mkdirSync(dirname(join(scratch, path)), { recursive: true });
      writeFileSync(join(scratch, path), text);
    }
    const sources = [...files.keys()].filter((path) => path.endsWith('.c') && path !== 'runtime/kernel-wasm.c');
    const own = options.program === undefined ? sources : sources.filter((path) => !isProgram(path));
    const includes = ['-I', kernel.folder, '-I', join(scratch, 'runtime'), '-I', scratch];
    const object = await kernelObject(kernel, flags);
    const paths = [...own.map((path) => join(scratch, path)), ...(options.program ?? [])];
    await run('gcc', [...flags, ...WARNINGS, ...includes, ...paths, object, '-o', join(scratch, 'firmware')]);
    try {
      renameSync(scratch, folder);
    } catch (error) {
      // another test process made the same content first
      if (!existsSync(executable)) throw error;
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
  return executable;
}

/** The translated kernel, compiled once for all programs that are built with the same flags. */
async function kernelObject(kernel: KernelSource, flags: readonly string[]): Promise<string> {
  const runtime = ['wasm-rt.h', 'kernel.h'].map((name) => readFileSync(firmwarePath(`runtime/${name}`), 'utf8'));
  const object = packagePath(`dist/native/kernel-${keyOf([readFileSync(kernel.source, 'utf8'), flags, runtime])}.o`);
  if (existsSync(object)) return object;
  const partial = `${object}.${process.pid}`;
  const includes = kernel.includeFolders.flatMap((folder) => ['-I', folder]);
  // wasm2c's output has warnings
  await run('gcc', [...flags, '-w', ...includes, '-c', kernel.source, '-o', partial]);
  renameSync(partial, object);
  return object;
}

/** Returns whether a source is one that a program with the same application replaces. */
function isProgram(path: string): boolean {
  return path === 'application/main.c' || path.startsWith(BOARD) || path.startsWith(RING);
}

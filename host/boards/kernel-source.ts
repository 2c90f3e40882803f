import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { packagePath, ToolError, wasmBytes } from '../system/index.js';
import { contentFolder, contentKey } from './content-folder.js';
import { rewriteTranslation, type Translation } from './rewrite-c.js';
import { runTool } from './tools.js';

/** The kernel in C, for the compiler of a board or of this computer. */
export interface KernelSource {
  /** The folder of the translated kernel and its headers. */
  readonly folder: string;
  /** The kernel as wasm2c translates it. Compile it without warnings. */
  readonly source: string;
  /** Sources of the runtime that the kernel needs: kernel.h's functions, trap and bulk memory. */
  readonly runtimeSources: readonly string[];
  /** Folders for -I. */
  readonly includeFolders: readonly string[];
}

/** Returns the absolute path of a file of the firmware. */
export function firmwarePath(relative: string): string {
  return packagePath(`firmware-bridge/${relative}`);
}

async function translate(wasm: Uint8Array): Promise<Translation> {
  const scratch = mkdtempSync(join(tmpdir(), 'spikeword-wasm2c-'));
  try {
    const module = join(scratch, 'module.wasm');
    writeFileSync(module, wasm);
    const output = join(scratch, 'kernel-wasm.c');
    const { exitCode, stderr } = await runTool('wasm2c', [module, '-n', 'kernel', '--no-debug-names', '-o', output]);
    if (exitCode !== 0) throw new ToolError(`wasm2c: ${stderr.trim()}`);
    return {
      source: readFileSync(output, 'utf8'),
      header: readFileSync(join(scratch, 'kernel-wasm.h'), 'utf8'),
    };
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** What the C of a module depends on besides wasm2c: the module, and how the translation is edited. */
export function kernelKey(wasm: Uint8Array): string {
  return contentKey([wasm, readFileSync(fileURLToPath(new URL('rewrite-c.js', import.meta.url)))]);
}

/**
 * Translates a module with the kernel's exports, and returns the folder of the C in the cache. Throws `ToolError` if
 * wasm2c is missing or its output is not what the runtime needs.
 */
export async function translateKernel(wasm: Uint8Array): Promise<string> {
  const { source, header, globals } = rewriteTranslation(await translate(wasm));
  return contentFolder('kernel', contentKey([source, header, globals]), async (partial) => {
    writeFileSync(join(partial, 'kernel-wasm.c'), source);
    writeFileSync(join(partial, 'kernel-wasm.h'), header);
    writeFileSync(join(partial, 'kernel-globals.h'), globals);
  });
}

/** Returns the folder of the translation that the package brings, or null if it is not of this module. */
function packagedKernel(wasm: Uint8Array): string | null {
  const folder = packagePath('dist/kernel-c');
  const key = join(folder, 'key.txt');
  return existsSync(key) && readFileSync(key, 'utf8') === kernelKey(wasm) ? folder : null;
}

/**
 * Returns the C of the kernel, or of another module with the kernel's exports, for firmware-bridge/runtime. A build
 * must define KERNEL_RAM_BYTES. Throws `ToolError` like `translateKernel` for a module that the package does not bring
 * in C.
 */
export async function kernelSource(wasm: Uint8Array = wasmBytes('kernel')): Promise<KernelSource> {
  const folder = packagedKernel(wasm) ?? (await translateKernel(wasm));
  return {
    folder,
    source: join(folder, 'kernel-wasm.c'),
    runtimeSources: [firmwarePath('runtime/kernel.c'), firmwarePath('runtime/memory.c')],
    includeFolders: [folder, firmwarePath('runtime')],
  };
}

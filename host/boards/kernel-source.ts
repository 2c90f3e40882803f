import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath, ToolError, wasmBytes } from '../system/index.js';
import { contentFolder, contentKey } from './content-folder.js';
import { rewriteTranslation, type Translation } from './rewrite-c.js';
import { runTool } from './tools.js';

/** The kernel in C, for the compiler of a board or of this computer. */
export interface KernelSource {
  /** The folder of the translated kernel and its header, in the cache. */
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

/**
 * Translates the kernel, or another module with the kernel's exports, to C for firmware-bridge/runtime. A build must
 * define KERNEL_RAM_BYTES. Throws `ToolError` if wasm2c is missing or its output is not what the runtime needs.
 */
export async function kernelSource(wasm: Uint8Array = wasmBytes('kernel')): Promise<KernelSource> {
  const { source, header, globals } = rewriteTranslation(await translate(wasm));
  const folder = await contentFolder('kernel', contentKey([source, header, globals]), async (partial) => {
    writeFileSync(join(partial, 'kernel-wasm.c'), source);
    writeFileSync(join(partial, 'kernel-wasm.h'), header);
    writeFileSync(join(partial, 'kernel-globals.h'), globals);
  });
  return {
    folder,
    source: join(folder, 'kernel-wasm.c'),
    runtimeSources: [firmwarePath('runtime/kernel.c'), firmwarePath('runtime/memory.c')],
    includeFolders: [folder, firmwarePath('runtime')],
  };
}

// Translates the kernel to C for dist/kernel-c, so that users of the package need no wasm2c. Without wasm2c it says so
// and changes nothing, and `npm pack` then fails.
import { copyFileSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { kernelKey, translateKernel } from '../dist/host/boards/kernel-source.js';
import { ToolError, wasmBytes } from '../dist/host/system/index.js';

const folder = fileURLToPath(new URL('../dist/kernel-c/', import.meta.url));
const FILES = ['kernel-wasm.c', 'kernel-wasm.h', 'kernel-globals.h'];

try {
  const wasm = wasmBytes('kernel');
  const made = await translateKernel(wasm);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const name of FILES) copyFileSync(join(made, name), join(folder, name));
  // last: with it the folder is complete
  writeFileSync(join(folder, 'key.txt'), kernelKey(wasm));
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(`The kernel is not translated to C: ${error.message}`);
}

import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { SpikewordError } from '../core/error.js';

/** The folder that holds package.json: three above dist/host/system. */
const root = new URL('../../../', import.meta.url);

/** Returns the absolute path of a file of this package, such as `datasets/sample`. */
export function packagePath(relative: string): string {
  return fileURLToPath(new URL(relative, root));
}

/** Returns the path of the default model, which is for live use: it knows words, other speech and silence. */
export function defaultModelPath(): string {
  return packagePath('models/commands.spkw');
}

export type WasmName = 'frontend' | 'kernel' | 'kernel-dense' | 'kernel-portable' | 'kernel-apart' | 'trainer';

/** Reads a WebAssembly module that `npm run build` has made. */
export function wasmBytes(name: WasmName): Uint8Array<ArrayBuffer> {
  const path = packagePath(`dist/wasm/${name}.wasm`);
  try {
    return new Uint8Array(readFileSync(path));
  } catch (cause) {
    throw new SpikewordError(`${path}: not found; run npm run build`, { cause });
  }
}

/** Returns the version in package.json. */
export function packageVersion(): string {
  return (JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { version: string }).version;
}

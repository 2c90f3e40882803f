import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { firmwarePath, kernelSource } from '../boards/index.js';
import type { ExportParts } from '../core/export/index.js';
import { packagePath, packageVersion, wasmBytes } from '../system/index.js';

/** Sources of the library in C besides the kernel, in firmware-bridge. */
const LIBRARY = [
  'generated.h',
  'library/instance.h',
  'library/self-test.c',
  'library/spikeword.c',
  'library/spikeword.h',
  'runtime/memory.c',
  'runtime/types.h',
  'runtime/wasm-rt.h',
];
const KERNEL = ['kernel-globals.h', 'kernel-wasm.c', 'kernel-wasm.h'];

/** Returns a compiled module of this package whose only import, if any, is the sample rate. */
function plainModule(path: string): string {
  return readFileSync(packagePath(`dist/host/${path}.js`), 'utf8')
    .replace("import { SAMPLE_RATE_HZ } from './generated.js';", 'const SAMPLE_RATE_HZ = 16000;')
    .replace(/^\/\/# sourceMappingURL.*\n?/m, '');
}

/** The templates, [name, text]. */
function templates(): [name: string, text: string][] {
  const root = firmwarePath('library/templates');
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .map((path) => [`templates${path.slice(root.length).replaceAll('\\', '/')}`, readFileSync(path, 'utf8')]);
}

/** The sources of the library in C, [name, text]. Throws `ToolError` if the kernel cannot be translated. */
async function cSources(): Promise<[name: string, text: string][]> {
  const { folder } = await kernelSource();
  const paths = [...LIBRARY.map(firmwarePath), ...KERNEL.map((name) => join(folder, name))];
  return paths.map((path) => [`c/${path.slice(path.lastIndexOf('/') + 1)}`, readFileSync(path, 'utf8')]);
}

/** Returns the version and the texts that exports are made of; `inC`: with the kernel in C, which may need wasm2c. */
export async function exportTexts({ inC }: { readonly inC: boolean }): Promise<Omit<ExportParts, 'wasm'>> {
  const texts = Object.fromEntries([
    ['LICENSE', readFileSync(packagePath('LICENSE'), 'utf8')],
    ['resampler.js', plainModule('core/audio/resampler')],
    ...templates(),
    ...(inC ? await cSources() : []),
  ]);
  return { version: packageVersion(), texts };
}

/** Returns the parts of an export from the disk. Throws `ToolError` if the kernel cannot be translated. */
export async function exportParts(needs: { readonly inC: boolean }): Promise<ExportParts> {
  const wasm = {
    kernel: wasmBytes('kernel'),
    'kernel-portable': wasmBytes('kernel-portable'),
    'kernel-apart': wasmBytes('kernel-apart'),
  };
  return { ...(await exportTexts(needs)), wasm };
}

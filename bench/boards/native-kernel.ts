import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packagePath } from '../../host/system/package-files.js';

const NATIVE = packagePath('bench/boards/native');
const TABLES = packagePath('assembly/inference/frontend/tables.ts');
const TYPES: Readonly<Record<string, string>> = { i32: 'int32_t', u32: 'uint32_t', u16: 'uint16_t', u8: 'uint8_t' };
const TABLE = /export const (\w+): usize = memory\.data<(\w+)>\(\[([^\]]*)\]\)/g;

/** Returns the tables of the front end in C. */
function tablesSource(): string {
  const tables = [...readFileSync(TABLES, 'utf8').matchAll(TABLE)].map(
    ([, name, type, values]) => `const ${TYPES[type]} ${name}[] = {${values}};\n`,
  );
  return `#include "${join(NATIVE, 'tables.h')}"\n\n${tables.join('\n')}`;
}

/**
 * Calls `work` with the absolute paths of the sources of a kernel in plain C. It has the same arithmetic and results,
 * but no WebAssembly and no checks of accesses.
 */
export async function withNativeKernel<T>(work: (sources: readonly string[]) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-native-'));
  try {
    const tables = join(folder, 'tables.c');
    writeFileSync(tables, tablesSource());
    const sources = readdirSync(NATIVE)
      .filter((name) => name.endsWith('.c'))
      .sort()
      .map((name) => join(NATIVE, name));
    return await work([...sources, tables]);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

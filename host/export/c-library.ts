import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { firmwarePath, kernelSource } from '../boards/index.js';
import { packageVersion } from '../system/index.js';

const INCLUDE = /^#include "([^"]+)"\n/gm;

/**
 * Returns the source with the headers and sources in place of their includes, each where it is named first. `kept`
 * stays an include.
 */
function withIncludes(source: string, find: (name: string) => string, kept: ReadonlySet<string>): string {
  const done = new Set(kept);
  const inline = (text: string): string =>
    text.replace(INCLUDE, (line, path: string) => {
      const name = basename(path);
      if (kept.has(name)) return line;
      if (done.has(name)) return '';
      done.add(name);
      return inline(readFileSync(find(name), 'utf8'));
    });
  return inline(source);
}

/**
 * Returns `spikeword.h` and `spikeword.c`, by name: all that a program compiles besides its models.
 *
 * @param ramBytes RAM of the kernel, a multiple of 16 from 16384 to 65520
 */
export async function libraryFiles(ramBytes: number): Promise<Map<string, string>> {
  const kernel = await kernelSource();
  const places: Readonly<Record<string, string>> = {
    'generated.h': firmwarePath('generated.h'),
    'instance.h': firmwarePath('library/instance.h'),
    'self-test.c': firmwarePath('library/self-test.c'),
    'types.h': firmwarePath('runtime/types.h'),
    'wasm-rt.h': firmwarePath('runtime/wasm-rt.h'),
    'memory.c': firmwarePath('runtime/memory.c'),
  };
  const find = (name: string): string => places[name] ?? join(kernel.folder, name);
  const header = readFileSync(firmwarePath('library/spikeword.h'), 'utf8').replace(
    /(?<=^#define SPIKEWORD_RAM_BYTES )\d+(?=u$)/m,
    String(ramBytes),
  );
  const source = withIncludes(
    readFileSync(firmwarePath('library/spikeword.c'), 'utf8'),
    find,
    new Set(['spikeword.h']),
  );
  const made = `/* spikeword ${packageVersion()} */\n`;
  return new Map([
    ['spikeword.h', made + header],
    ['spikeword.c', made + source],
  ]);
}

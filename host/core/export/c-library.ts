import { type ExportParts, textPart } from './parts.js';

const INCLUDE = /^#include "([^"]+)"\n/gm;

/** The name of a file without its folders. */
const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1);

/**
 * Returns the source with the headers and sources in place of their includes, each where it is named first. `kept`
 * stays an include.
 */
function withIncludes(source: string, find: (name: string) => string, kept: ReadonlySet<string>): string {
  const done = new Set(kept);
  const inline = (text: string): string =>
    text.replace(INCLUDE, (line, path: string) => {
      const name = baseName(path);
      if (kept.has(name)) return line;
      if (done.has(name)) return '';
      done.add(name);
      return inline(find(name));
    });
  return inline(source);
}

/**
 * Returns `spikeword.h` and `spikeword.c`, by name: all that a program compiles besides its models.
 *
 * @param ramBytes RAM of the kernel, a multiple of 16 from 16384 to 65520
 */
export function libraryFiles(parts: ExportParts, ramBytes: number): Map<string, string> {
  const find = (name: string): string => textPart(parts, `c/${name}`);
  const header = find('spikeword.h').replace(/(?<=^#define SPIKEWORD_RAM_BYTES )\d+(?=u$)/m, String(ramBytes));
  const source = withIncludes(find('spikeword.c'), find, new Set(['spikeword.h']));
  const made = `/* spikeword ${parts.version} */\n`;
  return new Map([
    ['spikeword.h', made + header],
    ['spikeword.c', made + source],
  ]);
}

import { type Zippable, zipSync } from 'fflate';
import { UsageError } from '../error.js';
import type { ExportedModel } from './exported-model.js';
import { type ExportParts, textPart } from './parts.js';
import type { Files, Target } from './targets.js';

/** What an export consists of, and what it needs. */
export interface ExportedFiles {
  readonly files: Files;
  /** RAM that it takes, in bytes: as it is written, and the least that SPIKEWORD_RAM_BYTES may make of it. */
  readonly ramBytes: number;
  readonly leastRamBytes: number;
  /** Flash of all models, in bytes. */
  readonly modelBytes: number;
  /** The word that the self test of each model detects; null if it detects none. */
  readonly testWords: readonly (string | null)[];
}

/**
 * Makes the files of models, with what runs them, in the form of a target. Throws `UsageError` for two models of one
 * name, or models that the target cannot take.
 */
export function exportFiles(models: readonly ExportedModel[], target: Target, parts: ExportParts): ExportedFiles {
  const twice = models.find(({ name }, k) => models.findIndex((other) => other.name === name) < k);
  if (twice !== undefined) {
    throw new UsageError(`export: two models have the name ${twice.name}; rename one of the files`);
  }
  if (target.listens && models[0].network.detection === undefined) {
    throw new UsageError(
      `export: ${models[0].name} does not say how to detect words, and the examples of ${target.name} listen; run tune, or export it --to c`,
    );
  }
  const made = target.make(models, parts);
  return {
    files: new Map([['LICENSE', textPart(parts, 'LICENSE')], ...made.files]),
    ramBytes: made.ramBytes,
    leastRamBytes: made.leastRamBytes,
    modelBytes: models.reduce((sum, { bytes }) => sum + bytes.length, 0),
    testWords: models.map(({ network, test }) => (test.word < 0 ? null : network.labels[test.word])),
  };
}

/** The name of the folder in a zip file. */
export const zippedFolder = ({ name }: ExportedModel): string => `spikeword_${name}`;

/** Returns files as a zip file, below a folder; the same files give the same bytes. */
export function zipped(folder: string, files: Files): Uint8Array<ArrayBuffer> {
  const mtime = new Date(2000, 0, 1);
  const encoder = new TextEncoder();
  const entries: Zippable = {};
  for (const [name, content] of files) {
    entries[`${folder}/${name}`] = [typeof content === 'string' ? encoder.encode(content) : content, { mtime }];
  }
  return zipSync(entries);
}

import { chmodSync, existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { type Zippable, zipSync } from 'fflate';
import { UsageError } from '../core/error.js';
import { makeFolder, packagePath, WriteError, whileUnfinished, writeFileAtomically } from '../system/index.js';
import type { ExportedModel } from './exported-model.js';
import type { Files, Target } from './targets.js';

export interface WrittenExport {
  /** The folder, or the zip file. */
  readonly path: string;
  readonly files: number;
  /** RAM that it takes, in bytes: as it is written, and the least that SPIKEWORD_RAM_BYTES may make of it. */
  readonly ramBytes: number;
  readonly leastRamBytes: number;
  /** Flash of all models, in bytes. */
  readonly modelBytes: number;
  /** The word that the self test of each model detects; null if it detects none. */
  readonly testWords: readonly (string | null)[];
}

/** Writes files into a new folder, which appears when it is complete. */
function writeFolder(folder: string, files: Files): void {
  makeFolder(dirname(resolve(folder)));
  const partial = mkdtempSync(`${resolve(folder)}.`);
  const unfinished = whileUnfinished(partial);
  try {
    for (const [path, content] of files) {
      makeFolder(dirname(join(partial, path)));
      writeFileSync(join(partial, path), content);
    }
    // mkdtemp makes a folder that nobody else may read
    chmodSync(partial, 0o777 & ~process.umask());
    renameSync(partial, folder);
  } finally {
    rmSync(partial, { recursive: true, force: true });
    unfinished.done();
  }
}

/** Writes files into a zip file, below a folder; the same files give the same bytes. */
function writeZip(path: string, folder: string, files: Files): void {
  const mtime = new Date(2000, 0, 1);
  const entries: Zippable = {};
  for (const [name, content] of files) entries[`${folder}/${name}`] = [Buffer.from(content), { mtime }];
  writeFileAtomically(path, zipSync(entries));
}

/**
 * Writes models, with what runs them, in the form of a target. Throws `WriteError` if there is something at `out`, and
 * `UsageError` for two models of one name, or models that the target cannot take.
 */
export async function exportModels(
  models: readonly ExportedModel[],
  target: Target,
  out: string,
): Promise<WrittenExport> {
  const twice = models.find(({ name }, k) => models.findIndex((other) => other.name === name) < k);
  if (twice !== undefined) {
    throw new UsageError(`export: two models have the name ${twice.name}; rename one of the files`);
  }
  if (target.listens && models[0].network.detection === undefined) {
    throw new UsageError(
      `export: ${models[0].name} does not say how to detect words, and the examples of ${target.name} listen; run tune, or export it --to c`,
    );
  }
  if (existsSync(out)) throw new WriteError(`${out}: exists already; remove it, or choose another --out`);
  const licence = ['LICENSE', readFileSync(packagePath('LICENSE'), 'utf8')] as const;
  const made = await target.make(models);
  const files = new Map([licence, ...made.files]);
  if (target.zip) writeZip(out, `spikeword_${models[0].name}`, files);
  else writeFolder(out, files);
  return {
    path: out,
    files: files.size,
    ramBytes: made.ramBytes,
    leastRamBytes: made.leastRamBytes,
    modelBytes: models.reduce((sum, { bytes }) => sum + bytes.length, 0),
    testWords: models.map(({ network, test }) => (test.word < 0 ? null : network.labels[test.word])),
  };
}

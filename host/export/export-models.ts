import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import {
  type ExportedFiles,
  type ExportedModel,
  exportFiles,
  type Files,
  exportedModel as prepare,
  type Target,
  zipped,
  zippedFolder,
} from '../core/export/index.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import { makeFolder, WriteError, wasmBytes, whileUnfinished, writeFileAtomically } from '../system/index.js';
import { exportParts } from './parts.js';

export interface WrittenExport extends Omit<ExportedFiles, 'files'> {
  /** The folder, or the zip file. */
  readonly path: string;
  readonly files: number;
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

/**
 * Prepares a model for an export.
 *
 * @param bytes a model file, checked, and decoded to `network`
 * @param name becomes part of file names and identifiers
 */
export function exportedModel(bytes: Uint8Array, network: QuantizedNetwork, name: string): ExportedModel {
  return prepare(bytes, network, name, new WebAssembly.Module(wasmBytes('kernel')));
}

/**
 * Writes models, with what runs them, in the form of a target. Throws `WriteError` if there is something at `out`, and
 * what `exportFiles` and `exportParts` throw.
 */
export async function exportModels(
  models: readonly ExportedModel[],
  target: Target,
  out: string,
): Promise<WrittenExport> {
  if (existsSync(out)) throw new WriteError(`${out}: exists already; remove it, or choose another --out`);
  const { files, ...made } = exportFiles(models, target, await exportParts(target));
  if (target.zip) writeFileAtomically(out, zipped(zippedFolder(models[0]), files));
  else writeFolder(out, files);
  return { path: out, files: files.size, ...made };
}

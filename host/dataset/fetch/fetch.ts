import { createHash } from 'node:crypto';
import { createReadStream, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { UsageError } from '../../core/error.js';
import { DatasetError, makeFolder, whileUnfinished } from '../../system/index.js';
import { openDataset } from '../dataset.js';
import type { Archive } from './archive.js';
import { type DownloadOptions, download } from './download.js';
import { PartialFile } from './partial-file.js';
import { unpack } from './unpack.js';

export type FetchStage = 'download' | 'verify' | 'unpack';

export interface FetchOptions extends Omit<DownloadOptions, 'onProgress'> {
  /** `done` and `total` are bytes of the archive, in every stage. */
  readonly onProgress?: (stage: FetchStage, done: number, total: number) => void;
}

/**
 * Downloads the archive of a dataset, verifies its SHA-256 and unpacks it into a new folder. The folder gets its name
 * only when everything is done. The incomplete archive is FOLDER.tar.gz.part, and a later call continues it.
 *
 * @returns the number of clips
 * @throws DatasetError if the folder exists, the download fails, or the archive is not the expected one; UsageError if
 * the address is not valid
 */
export async function fetchDataset(
  archive: Archive,
  folder: string,
  { onProgress, ...options }: FetchOptions = {},
): Promise<number> {
  const target = resolve(folder);
  if (!URL.canParse(archive.url) || !/^https?:$/.test(new URL(archive.url).protocol)) {
    throw new UsageError(`'${archive.url}' is not an http or https address`);
  }
  if (existsSync(target))
    throw new DatasetError(`${folder}: already exists; remove it, or choose another folder with --to`);
  const packed = `${target}.tar.gz.part`;
  const report = (stage: FetchStage) => (done: number, total: number) => onProgress?.(stage, done, total);
  try {
    makeFolder(dirname(target));
    await download(archive, packed, { ...options, onProgress: report('download') });
    await verify(archive, packed, report('verify'));
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError(`${packed}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  const unpacking = `${target}.${process.pid}.part`;
  const mark = whileUnfinished(unpacking);
  try {
    mkdirSync(unpacking);
    await unpack(packed, unpacking, report('unpack'));
    const { clips } = openDataset(unpacking);
    renameSync(unpacking, target);
    await PartialFile.remove(packed);
    return clips.length;
  } finally {
    rmSync(unpacking, { recursive: true, force: true });
    mark.done();
  }
}

/** Verifies an archive. Removes one that is not the expected one, because continuing it would be useless. */
async function verify(archive: Archive, path: string, onProgress: (done: number, total: number) => void) {
  const hash = createHash('sha256');
  let done = 0;
  for await (const bytes of createReadStream(path, { highWaterMark: 1 << 20 })) {
    hash.update(bytes);
    done += bytes.length;
    onProgress(done, archive.bytes);
  }
  const digest = hash.digest('hex');
  if (digest === archive.sha256) return;
  await PartialFile.remove(path);
  throw new DatasetError(
    `${archive.url}: SHA-256 is ${digest}, expected ${archive.sha256}; the download has been removed`,
  );
}

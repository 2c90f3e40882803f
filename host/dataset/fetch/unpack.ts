import { closeSync, createReadStream, openSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract, type Header } from 'tar-stream';
import { DatasetError, makeFolder } from '../../system/index.js';

/** Recordings shrink to two thirds in a .tar.gz, so an archive that expands more than this has other contents. */
const MAX_EXPANSION = 50;

/**
 * Unpacks a gzipped tar into an existing folder. It writes only files and folders, only inside `folder`, and each file
 * once. Permissions and owners in the archive are ignored.
 *
 * @throws DatasetError if the archive is damaged, if it contains a path outside the folder, a link, a device or a file
 * twice, or if it is far larger than recordings would be
 */
export async function unpack(
  archive: string,
  folder: string,
  onProgress?: (done: number, total: number) => void,
): Promise<void> {
  const total = statSync(archive).size;
  const source = createReadStream(archive, { highWaterMark: 1 << 18 });
  const entries = extract();
  const feeding = pipeline(source, createGunzip(), entries);
  let unpacked = 0;
  try {
    const reading = (async () => {
      for await (const entry of entries) {
        const path = checkEntry(entry.header, archive);
        unpacked += entry.header.size;
        if (unpacked > total * MAX_EXPANSION)
          throw new DatasetError(`${archive}: refused, because it unpacks to far more data than recordings would`);
        if (entry.header.type === 'directory') makeFolder(join(folder, ...path));
        else await writeEntry(entry as AsyncIterable<Uint8Array>, join(folder, ...path), archive, entry.header.name);
        entry.resume();
        onProgress?.(source.bytesRead, total);
      }
    })();
    await Promise.all([reading, feeding]);
  } catch (cause) {
    if (cause instanceof DatasetError) throw cause;
    throw new DatasetError(`${archive}: cannot be unpacked: ${(cause as Error).message}`, { cause });
  } finally {
    source.destroy();
  }
}

/** Returns the parts of an entry's path. Throws `DatasetError` for an entry that must not be written. */
function checkEntry(header: Header, archive: string): string[] {
  const refuse = (why: string): never => {
    throw new DatasetError(`${archive}: contains ${JSON.stringify(header.name)}, which is refused: ${why}`);
  };
  if (header.type !== 'file' && header.type !== 'directory') refuse(`a ${header.type}, expected a file or a folder`);
  if (/^([/\\]|[A-Za-z]:)/.test(header.name)) refuse('an absolute path');
  if (/[\\\0]/.test(header.name)) refuse('a path with a backslash or a zero byte');
  const path = header.name.split('/').filter((part) => part !== '' && part !== '.');
  if (path.includes('..')) refuse('a path outside the folder');
  if (path.length === 0 && header.type === 'file') refuse('a file without a name');
  return path;
}

async function writeEntry(
  content: AsyncIterable<Uint8Array>,
  path: string,
  archive: string,
  name: string,
): Promise<void> {
  makeFolder(dirname(path));
  let file: number;
  try {
    // Fails if the file exists, so nothing is written twice and no existing link is followed.
    file = openSync(path, 'wx');
  } catch (cause) {
    throw new DatasetError(`${archive}: contains ${JSON.stringify(name)} twice`, { cause });
  }
  try {
    for await (const bytes of content) for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
  } finally {
    closeSync(file);
  }
}

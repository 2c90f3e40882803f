import { existsSync } from 'node:fs';
import { constants, type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { whileUnfinished, writeFileAtomically } from '../../system/index.js';

/** The file, and the version of it, that a partial download belongs to. */
export interface Origin {
  readonly url: string;
  /** The value for If-Range: a strong ETag or a modification date; null if the server gave neither. */
  readonly validator: string | null;
}

/**
 * A download that this process or a later one can continue. Its bytes so far are in PATH, and their origin is in
 * PATH.json. Bytes are written to a position, never to "the end", so a repeated or late write cannot displace the rest.
 */
export class PartialFile {
  /** Marks of an empty file: there is nothing to continue, so an interrupt removes the file and PATH.json. */
  private empty: readonly { done(): void }[] = [];

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    /** Number of bytes so far, from the beginning of the file. */
    public received: number,
    public origin: Origin | null,
  ) {
    if (received === 0) this.markEmpty();
  }

  static async open(path: string): Promise<PartialFile> {
    const origin = await readOrigin(`${path}.json`);
    // Not the mode 'a', which would ignore positions. A file without an origin cannot be continued.
    const flags = constants.O_RDWR | constants.O_CREAT | (origin === null ? constants.O_TRUNC : 0);
    const file = await open(path, flags);
    return new PartialFile(path, file, (await file.stat()).size, origin);
  }

  /** Discards the bytes so far and starts again with this origin. */
  async restart(origin: Origin | null): Promise<void> {
    await this.file.truncate(0);
    this.received = 0;
    this.markEmpty();
    this.origin = origin;
    if (origin !== null) writeFileAtomically(`${this.path}.json`, JSON.stringify(origin));
  }

  async append(bytes: Uint8Array): Promise<void> {
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await this.file.write(bytes, done, bytes.length - done, this.received);
      done += bytesWritten;
      this.received += bytesWritten;
    }
    for (const mark of this.empty) mark.done();
    this.empty = [];
  }

  async close(): Promise<void> {
    await this.file.close();
  }

  private markEmpty(): void {
    this.empty = [whileUnfinished(this.path), whileUnfinished(`${this.path}.json`)];
  }

  /** Removes the file and its PATH.json. */
  static async remove(path: string): Promise<void> {
    await rm(path, { force: true });
    await rm(`${path}.json`, { force: true });
  }
}

/** Reads the origin of a partial download; null if there is none, or if it is not valid. */
async function readOrigin(path: string): Promise<Origin | null> {
  if (!existsSync(path)) return null;
  try {
    const { url, validator } = JSON.parse(await readFile(path, 'utf8')) as Partial<Origin>;
    return typeof url === 'string' && typeof validator === 'string' ? { url, validator } : null;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

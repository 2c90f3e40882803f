import { existsSync } from 'node:fs';
import { constants, type FileHandle, open, readFile, rm } from 'node:fs/promises';
import { whileUnfinished, writeFileAtomically } from '../../system/index.js';

/** Which version of which file a partial download belongs to. */
export interface Origin {
  readonly url: string;
  /** What If-Range is asked with: a strong ETag, or a date of change; null if the server gave neither. */
  readonly validator: string | null;
}

/**
 * A download that may be continued, by this process or a later one: the bytes so far in PATH, their origin in
 * PATH.json. Bytes go to a position, never to "the end", so that a repeated or late write cannot displace what follows.
 */
export class PartialFile {
  /** Without a byte there is nothing to continue: an interrupt removes the file and its note. */
  private empty: readonly { done(): void }[] = [];

  private constructor(
    readonly path: string,
    private readonly file: FileHandle,
    /** Bytes that are there, from the beginning. */
    public received: number,
    public origin: Origin | null,
  ) {
    if (received === 0) this.markEmpty();
  }

  static async open(path: string): Promise<PartialFile> {
    const origin = await readOrigin(`${path}.json`);
    // Opened for writing at positions, which the mode 'a' would ignore; what has no origin cannot be continued.
    const flags = constants.O_RDWR | constants.O_CREAT | (origin === null ? constants.O_TRUNC : 0);
    const file = await open(path, flags);
    return new PartialFile(path, file, (await file.stat()).size, origin);
  }

  /** Forgets what is there and begins anew with this origin. */
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

  /** Removes the file and the note of its origin. */
  static async remove(path: string): Promise<void> {
    await rm(path, { force: true });
    await rm(`${path}.json`, { force: true });
  }
}

/** The note of a partial download; null if there is none, or none that can be read. */
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

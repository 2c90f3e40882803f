import { setTimeout as sleep } from 'node:timers/promises';
import { DatasetError } from '../../system/index.js';
import type { Archive } from './archive.js';
import { PartialFile } from './partial-file.js';

export interface DownloadOptions {
  readonly onProgress?: (done: number, total: number) => void;
  /** The wait before the second attempt; it doubles with each further attempt. */
  readonly retryDelayMs?: number;
  /** How long a connection may stay silent: a server that is only slow sends something within a minute. */
  readonly stallMs?: number;
}

/** Most attempts in a row that get no further than an earlier attempt. */
const MAX_FAILURES = 5;
/** How often the bytes so far may become useless, because the file changes or the server refuses the rest. */
const MAX_RESTARTS = 5;

/**
 * Downloads an archive to `path`, and continues there from an earlier call. After a broken connection the download
 * continues where it stopped (Range) if the server still has the same file (If-Range), otherwise from the beginning. If
 * the download fails, its bytes are kept for the next call. The content is not verified here.
 *
 * @throws DatasetError if the server refuses, has a file of another size, or cannot be reached after repeated attempts
 */
export async function download(archive: Archive, path: string, options: DownloadOptions = {}): Promise<void> {
  const partial = await PartialFile.open(path);
  let failures = 0;
  let restarts = 0;
  try {
    if (partial.origin?.url !== archive.url || partial.received > archive.bytes) await partial.restart(null);
    let furthest = partial.received;
    while (partial.received < archive.bytes) {
      const { fault, restarted } = await attempt(archive, partial, options);
      if (partial.received === archive.bytes) break;
      if (restarted && ++restarts > MAX_RESTARTS) {
        throw new DatasetError(
          `${archive.url}: the file on the server keeps changing during the download; try again later`,
        );
      }
      failures = partial.received > furthest ? 1 : failures + 1;
      furthest = Math.max(furthest, partial.received);
      if (failures >= MAX_FAILURES) {
        const kept = `${partial.received} of ${archive.bytes} bytes are kept; run the same command again to continue`;
        throw new DatasetError(`${archive.url}: ${fault}; gave up after ${failures} attempts, ${kept}`);
      }
      await sleep((options.retryDelayMs ?? 1000) * 2 ** (failures - 1));
    }
  } finally {
    await partial.close();
    if (partial.received === 0) await PartialFile.remove(path);
  }
}

interface AttemptResult {
  /** Why the attempt did not get everything. Another attempt may succeed. */
  readonly fault: string;
  /** Whether earlier bytes had to be discarded. */
  readonly restarted: boolean;
}

/** Makes one request for all missing bytes. Throws errors that another attempt cannot avoid. */
async function attempt(archive: Archive, partial: PartialFile, options: DownloadOptions): Promise<AttemptResult> {
  const validator = partial.origin?.validator ?? null;
  // Without a validator, nothing shows whether the rest belongs to the same file as the bytes so far.
  let restarted = partial.received > 0 && validator === null;
  if (restarted) await partial.restart(null);
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  if (partial.received > 0 && validator !== null) {
    headers.range = `bytes=${partial.received}-`;
    headers['if-range'] = validator;
  }
  const watch = new StallWatch(options.stallMs ?? 60_000);
  try {
    const response = await fetch(archive.url, { headers, signal: watch.signal });
    if (response.status === 416 || (response.status === 206 && hasChanged(response, validator))) {
      await partial.restart(null);
      await response.body?.cancel();
      return { fault: 'the server has no more of this file', restarted: true };
    }
    if (response.status === 408 || response.status === 429 || response.status >= 500) {
      await response.body?.cancel();
      return { fault: `${response.status} ${response.statusText}`, restarted };
    }
    if (response.status === 200) {
      restarted ||= partial.received > 0;
      checkLength(archive, Number(response.headers.get('content-length') ?? archive.bytes));
      await partial.restart({ url: archive.url, validator: validatorOf(response) });
    } else if (response.status === 206) {
      checkRange(archive, partial.received, response.headers.get('content-range') ?? 'none');
    } else {
      throw new DatasetError(`${archive.url}: ${response.status} ${response.statusText}`);
    }
    for await (const bytes of response.body ?? []) {
      watch.rearm();
      if (partial.received + bytes.length > archive.bytes) checkLength(archive, partial.received + bytes.length);
      await partial.append(bytes);
      options.onProgress?.(partial.received, archive.bytes);
    }
    return { fault: `the server ended after ${partial.received} bytes`, restarted };
  } catch (error) {
    // fetch reports a broken connection as a TypeError, and the abort by `watch` as an AbortError.
    if (error instanceof TypeError) return { fault: reason(error), restarted };
    if (watch.signal.aborted) return { fault: `no data for ${watch.stallMs} ms`, restarted };
    throw error;
  } finally {
    watch.stop();
  }
}

/** Aborts a request that stays silent for too long. */
class StallWatch {
  private readonly controller = new AbortController();
  private timer: NodeJS.Timeout;

  constructor(readonly stallMs: number) {
    this.timer = this.arm();
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  rearm(): void {
    clearTimeout(this.timer);
    this.timer = this.arm();
  }

  stop(): void {
    clearTimeout(this.timer);
  }

  private arm(): NodeJS.Timeout {
    return setTimeout(() => this.controller.abort(), this.stallMs);
  }
}

/**
 * Returns what identifies this version of the file; RFC 9110, section 13.1.5, does not allow a weak ETag in If-Range.
 */
function validatorOf(response: Response): string | null {
  const etag = response.headers.get('etag');
  return etag?.startsWith('"') ? etag : response.headers.get('last-modified');
}

/** Whether a partial answer is from another version of the file, because the server does not support If-Range. */
function hasChanged(response: Response, validator: string | null): boolean {
  const current = validatorOf(response);
  return current !== null && current !== validator;
}

function checkLength(archive: Archive, bytes: number): void {
  if (bytes !== archive.bytes) {
    throw new DatasetError(`${archive.url}: the server sends ${bytes} bytes, expected ${archive.bytes}`);
  }
}

function checkRange(archive: Archive, from: number, contentRange: string): void {
  const expected = `bytes ${from}-${archive.bytes - 1}/${archive.bytes}`;
  if (contentRange !== expected) {
    throw new DatasetError(
      `${archive.url}: the server answers with the range '${contentRange}', expected '${expected}'`,
    );
  }
}

/** Returns the reason of a failed fetch. undici gives it as the cause: ECONNREFUSED, "other side closed". */
function reason(error: TypeError): string {
  return error.cause instanceof Error ? `${error.message}: ${error.cause.message}` : error.message;
}

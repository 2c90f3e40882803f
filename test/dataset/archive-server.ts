import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';
import type { Archive } from '../../host/dataset/index.js';

export type TarFile = Partial<Header> & { readonly name: string; readonly content?: Uint8Array | string };

/** Returns a gzipped tar of these entries without checking them, so they can be hostile. */
export async function tarGz(files: readonly TarFile[]): Promise<Buffer> {
  const tar = pack();
  for (const { content, ...header } of files) tar.entry(header, content ?? '');
  tar.finalize();
  const parts: Uint8Array[] = [];
  for await (const part of tar) parts.push(part as Uint8Array);
  return gzipSync(Buffer.concat(parts));
}

export interface Server {
  readonly url: string;
  /** The Range header of every request so far; null if there was none. */
  readonly ranges: (string | null)[];
}

/** Starts a local HTTP server that ends with the test file; `answer` gets the number of the request, from 0. */
export async function serve(
  answer: (request: IncomingMessage, response: ServerResponse, number: number) => void,
): Promise<Server> {
  const ranges: (string | null)[] = [];
  const server = createServer((request, response) => {
    ranges.push(request.headers.range ?? null);
    client.received = 0;
    answer(request, response, ranges.length - 1);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/archive.tar.gz`, ranges };
}

export interface Delivery {
  /** The strong ETag; undefined: none. */
  readonly etag?: string;
  /** The connection is cut after this many bytes of the body. */
  readonly cutAfter?: number;
}

/** Answers like a server of static files (RFC 9110): supports Range, and If-Range with the ETag. */
export function deliver(
  request: IncomingMessage,
  response: ServerResponse,
  file: Buffer,
  delivery: Delivery = {},
): void {
  const { etag, cutAfter } = delivery;
  const [, start] = /^bytes=(\d+)-$/.exec(request.headers.range ?? '') ?? [];
  const matches = request.headers['if-range'] === undefined || request.headers['if-range'] === etag;
  const from = start !== undefined && matches ? Number(start) : null;
  if (from !== null && from >= file.length) {
    response.writeHead(416, { 'content-range': `bytes */${file.length}` }).end();
    return;
  }
  const body = file.subarray(from ?? 0);
  const headers: Record<string, string | number> = { 'content-length': body.length };
  if (etag !== undefined) headers.etag = etag;
  if (from !== null) headers['content-range'] = `bytes ${from}-${file.length - 1}/${file.length}`;
  response.writeHead(from === null ? 200 : 206, headers);
  if (cutAfter === undefined || cutAfter >= body.length) response.end(body);
  else response.write(body.subarray(0, cutAfter), () => cut(response, (from ?? 0) + cutAfter));
}

/**
 * The progress of the download since the last request, which the test updates: bytes that the client has not received
 * when the connection is cut are lost.
 */
export const client = { received: 0 };

/** Cuts a connection as soon as the client has received this many bytes of the file, however slow the machine is. */
export async function cut(response: ServerResponse, received: number): Promise<void> {
  while (client.received < received && !response.destroyed) await sleep(2);
  response.destroy();
}

export function archiveOf(file: Uint8Array, url: string): Archive {
  return { name: 'test', url, bytes: file.length, sha256: createHash('sha256').update(file).digest('hex') };
}

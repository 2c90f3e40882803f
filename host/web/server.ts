import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Negotiator from 'negotiator';
import { WebError } from '../system/index.js';
import { type Encoding, encoded } from './compressed.js';
import { HEADER_POLICY } from './content-security-policy.js';
import { fileDigest, type PageFile, pageFiles } from './page-files.js';

/** A port that no other well-known service uses. */
export const DEFAULT_PORT = 8017;
/** This machine only: browsers allow microphones and serial ports for such pages, and no other machine can connect. */
const ADDRESS = '127.0.0.1';
/** The host names that a browser on this machine uses. Any other belongs to another site that points here. */
const OWN_HOSTS = ['localhost', '127.0.0.1'];

const HEADERS = {
  'Content-Security-Policy': HEADER_POLICY,
  // both together let the page's workers share memory, so that a training uses all cores
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Embedder-Policy': 'require-corp',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
} as const;

/** Vite names these files by their content. Any other may change, and a browser must ask whether it has. */
const NEVER_CHANGES = /^assets\//;

export interface WebOptions {
  /** Default: 8017; 0 takes any free port. */
  readonly port?: number;
  /** The model file that the page starts with; default: the first of the bundled models. */
  readonly model?: string;
}

export interface WebServer {
  /** The address to open in a browser. */
  readonly url: string;
  close(): Promise<void>;
}

/** What a request asks for: a file by its name, or why it gets none. */
type Found = { readonly name: string; readonly file: PageFile } | { readonly refusal: number; readonly text: string };

function find(files: ReadonlyMap<string, PageFile>, request: IncomingMessage): Found {
  const refuse = (refusal: number, text: string): Found => ({ refusal, text });
  const host = request.headers.host?.replace(/:\d+$/, '') ?? '';
  if (!OWN_HOSTS.includes(host))
    return refuse(
      403,
      'this page can be opened only on the machine that serves it: there, open the http://localhost address that `spikeword web` printed',
    );
  if (request.method !== 'GET' && request.method !== 'HEAD') return refuse(405, 'only GET and HEAD are allowed');
  const path = (request.url ?? '/').replace(/[?#].*$/, '').slice(1);
  let name: string;
  try {
    name = decodeURIComponent(path) || 'index.html';
  } catch {
    return refuse(400, 'not a valid address');
  }
  // only names in the map are served: a path from a request never reaches the file system
  const file = files.get(name);
  return file === undefined ? refuse(404, 'not found') : { name, file };
}

/** The encodings that a client takes, the best first. */
function encodingOf(request: IncomingMessage): Encoding | 'identity' {
  const accepted = new Negotiator(request).encodings(['br', 'gzip']);
  return accepted.includes('br') ? 'br' : accepted.includes('gzip') ? 'gzip' : 'identity';
}

/** Whether a client has this version of a file already (RFC 9110, section 13.1.2). */
function has(request: IncomingMessage, tag: string): boolean {
  const tags = request.headers['if-none-match']?.split(',').map((one) => one.trim().replace(/^W\//, '')) ?? [];
  return tags.includes(tag) || tags.includes('*');
}

async function answer(files: ReadonlyMap<string, PageFile>, request: IncomingMessage, response: ServerResponse) {
  const found = find(files, request);
  const send = (status: number, body: Uint8Array, headers: Record<string, string>): void => {
    response.writeHead(status, { ...HEADERS, 'Content-Length': body.length, ...headers });
    response.end(request.method === 'HEAD' ? undefined : body);
  };
  if ('refusal' in found) {
    const headers = { 'Content-Type': 'text/plain; charset=utf-8', 'Cache-Control': 'no-store' };
    return send(found.refusal, new TextEncoder().encode(`${found.text}\n`), headers);
  }
  const { name, file } = found;
  const encoding = encodingOf(request);
  const { bytes, encoded: isEncoded } = await encoded(file, encoding);
  const tag = `"${fileDigest(file).slice(0, 32)}${isEncoded ? `-${encoding}` : ''}"`;
  const headers: Record<string, string> = {
    'Content-Type': file.type,
    'Cache-Control': NEVER_CHANGES.test(name) ? 'public, max-age=31536000, immutable' : 'no-cache',
    Vary: 'Accept-Encoding',
    ETag: tag,
    ...(isEncoded ? { 'Content-Encoding': encoding } : {}),
  };
  if (!has(request, tag)) return send(200, bytes, headers);
  // an answer without a body has no length (RFC 9110, section 15.4.5)
  response.writeHead(304, { ...HEADERS, ...headers }).end();
}

/**
 * Serves the page to browsers on this machine. Throws `WebError` if the port is taken, and what `pageFiles` throws.
 */
export async function serveWeb({ port = DEFAULT_PORT, model }: WebOptions = {}): Promise<WebServer> {
  const files = pageFiles(model);
  const server = createServer((request, response) => void answer(files, request, response));
  await listen(server, port);
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}/`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server, port: number): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    server.once('listening', resolve);
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const fault =
        cause.code === 'EADDRINUSE'
          ? 'another program already uses it; choose another one with --port, or 0 for any free port'
          : cause.code === 'EACCES'
            ? 'you may not use it; choose one from 1024 on with --port'
            : cause.message;
      reject(new WebError(`port ${port}: ${fault}`, { cause }));
    });
    server.listen(port, ADDRESS);
  });
}

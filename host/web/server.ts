import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { WebError } from '../system/index.js';
import { HEADER_POLICY } from './content-security-policy.js';
import { type PageFile, pageFiles } from './page-files.js';

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
  // a cached page of an older version would request files that no longer exist
  'Cache-Control': 'no-store',
} as const;

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

/** Returns status 200 and the requested file, or an error status and a text that says why. */
function find(files: ReadonlyMap<string, PageFile>, request: IncomingMessage): readonly [number, PageFile] {
  const refuse = (status: number, text: string): readonly [number, PageFile] => [
    status,
    { bytes: new TextEncoder().encode(`${text}\n`), type: 'text/plain; charset=utf-8' },
  ];
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
  return file === undefined ? refuse(404, 'not found') : [200, file];
}

function answer(files: ReadonlyMap<string, PageFile>, request: IncomingMessage, response: ServerResponse): void {
  const [status, file] = find(files, request);
  response.writeHead(status, { ...HEADERS, 'Content-Type': file.type, 'Content-Length': file.bytes.length });
  response.end(request.method === 'HEAD' ? undefined : file.bytes);
}

/**
 * Serves the page to browsers on this machine. Throws `WebError` if the port is taken, and what `pageFiles` throws.
 */
export async function serveWeb({ port = DEFAULT_PORT, model }: WebOptions = {}): Promise<WebServer> {
  const files = pageFiles(model);
  const server = createServer((request, response) => answer(files, request, response));
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

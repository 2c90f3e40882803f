import { once } from 'node:events';
import { rmSync, statSync } from 'node:fs';
import { connect, createServer, type Server, type Socket } from 'node:net';
import type { Detection } from '../core/detection/index.js';
import { SpikewordError, UsageError } from '../core/error.js';
import { ServeError } from '../system/index.js';
import { type WakeService, WyomingConnection } from './connection.js';
import { EventReader, encodeEvent, ProtocolFault } from './events.js';

/** Where a service listens: a TCP port, or a socket in the file system. */
export type Address = { readonly host: string; readonly port: number } | { readonly path: string };

/** The port that wake word services of Wyoming use by convention. */
export const DEFAULT_URI = 'tcp://0.0.0.0:10400';
/** More clients than a house has. */
const MOST_CLIENTS = 64;
/** A client that has lost its power says nothing; after so long without an answer from it the connection ends. */
const KEEP_ALIVE_MS = 15_000;
/** How the system says that a client has gone. */
const GONE = ['ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ECONNABORTED', 'ERR_STREAM_PREMATURE_CLOSE'];

/** Parses `tcp://HOST:PORT` or `unix://PATH`. Throws `UsageError`. */
export function parseAddress(uri: string): Address {
  const tcp = /^tcp:\/\/(\[[\da-f:.]+\]|[^/:]+):(\d{1,5})$/i.exec(uri);
  if (tcp !== null && Number(tcp[2]) <= 65_535) return { host: tcp[1].replace(/^\[|\]$/g, ''), port: Number(tcp[2]) };
  const unix = /^unix:\/\/(.+)$/.exec(uri);
  if (unix !== null) return { path: unix[1] };
  throw new UsageError(`--uri is ${uri}, expected tcp://HOST:PORT or unix://PATH`);
}

/** What happens on a server, for a log. */
export interface ServerNotes {
  readonly onClient?: (client: string, connected: boolean) => void;
  readonly onDetection?: (client: string, word: string, detection: Detection) => void;
  /** A client that was disconnected because of what it sent, or an error while listening. */
  readonly onFault?: (client: string, fault: string) => void;
}

export interface WyomingServer {
  /** The address that clients use. */
  readonly uri: string;
  close(): Promise<void>;
  /** Rejects if the service cannot go on, as when its board is lost. */
  readonly ended: Promise<never>;
}

/** Reads a client's events one after the other; the client waits while there is more than one to handle. */
async function serveClient(socket: Socket, client: string, service: WakeService, notes: ServerNotes): Promise<void> {
  const reader = new EventReader();
  const connection = new WyomingConnection(
    service,
    (bytes) => {
      if (socket.writable) socket.write(bytes);
    },
    (word, detection) => notes.onDetection?.(client, word, detection),
    (fault) => notes.onFault?.(client, fault),
  );
  try {
    // the last answer must still go out when the loop is left
    for await (const bytes of socket.iterator({ destroyOnReturn: false })) {
      for (const event of reader.push(bytes as Buffer)) await connection.handle(event);
      // a client that does not read its answers waits until it does
      if (socket.writableNeedDrain) await once(socket, 'drain');
    }
  } catch (error) {
    if (error instanceof ProtocolFault) {
      notes.onFault?.(client, error.message);
      socket.end(encodeEvent('error', { text: error.message, code: 'bad-event' }));
      return;
    }
    // a client that goes away in the middle is nothing unusual
    if (!GONE.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  } finally {
    connection.end();
    socket.destroySoon();
  }
}

function listen(server: Server, address: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const where = 'path' in address ? address.path : `port ${address.port} of ${address.host}`;
      const why =
        cause.code === 'EADDRINUSE' ? 'is in use; end the other service, or choose another --uri' : cause.message;
      reject(new ServeError(`${where}: ${why}`, { cause }));
    });
    server.listen(address, resolve);
  });
}

/** Removes the socket that a killed service has left. Another file stays, and a socket at which somebody answers. */
async function removeSocket(path: string): Promise<void> {
  if (!statSync(path, { throwIfNoEntry: false })?.isSocket()) return;
  const answers = await new Promise<boolean>((resolve) => {
    const probe = connect(path, () => resolve(true));
    probe.on('connect', () => probe.destroy()).on('error', () => resolve(false));
  });
  if (!answers) rmSync(path);
}

/**
 * Serves wake words over the Wyoming protocol, as Home Assistant and its satellites use them. Throws `ServeError` if it
 * cannot listen at this address.
 */
export async function serveWyoming(
  service: WakeService,
  address: Address,
  notes: ServerNotes = {},
): Promise<WyomingServer> {
  const sockets = new Set<Socket>();
  let fail: (error: Error) => void = () => {};
  const ended = new Promise<never>((_, reject) => {
    fail = reject;
  });
  ended.catch(() => {});
  let count = 0;
  const server = createServer({ keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS }, (socket) => {
    count += 1;
    const client =
      socket.remoteAddress === undefined ? `client ${count}` : `${socket.remoteAddress}:${socket.remotePort}`;
    sockets.add(socket);
    notes.onClient?.(client, true);
    socket.on('error', () => {});
    socket.once('close', () => {
      sockets.delete(socket);
      notes.onClient?.(client, false);
    });
    serveClient(socket, client, service, notes).catch((error: Error) => {
      socket.destroy();
      notes.onFault?.(client, error.message);
      if (error instanceof SpikewordError) fail(error);
    });
  });
  server.maxConnections = MOST_CLIENTS;
  server.on('drop', (dropped) =>
    notes.onFault?.(`${dropped?.remoteAddress}`, `refused: ${MOST_CLIENTS} clients already`),
  );
  if ('path' in address) await removeSocket(address.path);
  await listen(server, address);
  // such as too many open files: the clients that are there go on
  server.on('error', (error) => notes.onFault?.('server', error.message));
  const bound = server.address();
  const uri =
    typeof bound === 'string' || bound === null
      ? `unix://${(address as { path: string }).path}`
      : `tcp://${bound.family === 'IPv6' ? `[${bound.address}]` : bound.address}:${bound.port}`;
  const close = (): Promise<void> =>
    new Promise((resolve) => {
      for (const socket of sockets) socket.destroy();
      server.close(() => resolve());
    });
  return { uri, close, ended };
}

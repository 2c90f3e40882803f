import { realpathSync } from 'node:fs';
import type { ConnectedBoard } from '../core/board/index.js';
import { NoAnswerError, NotABoardError, PortError } from '../core/error.js';
import { BoardClient, type ByteStream, type Patience, patienceFor } from '../core/protocol/index.js';
import { looksLikeBoard, rememberPort } from './board-ports.js';
import { listPorts, type PortDescription } from './ports.js';
import { openSerialStream } from './serial-stream.js';

export interface OpenBoardOptions {
  /** Path of a port; default: `SPIKEWORD_PORT`, otherwise the only port with a board that answers. */
  readonly port?: string;
  /** Lists the ports to search; default: `listPorts`. */
  readonly list?: () => Promise<readonly PortDescription[]>;
  /** Opens a port; default: as a serial port. */
  readonly open?: (path: string) => Promise<ByteStream>;
  readonly patience?: (kind: number) => Patience;
}

/** In a search, each port is asked three times: a board takes that long to start. */
const SEARCH_PATIENCE: Patience = { waitMs: 700, tries: 3 };

/** How many ports an error explains: some computers have dozens of unused ones. */
const REASONS = 8;

const EMULATED = '`spikeword board emulate` prints the port of an emulated board';

/**
 * Opens the board at a port, or finds the only one. A search writes only to ports that look like those of boards, and
 * to ports at which a board has answered before. Throws `PortError` if the port cannot be opened, or if no board or
 * several are found; `NotABoardError` if the port has something else; `BoardError` for a board of another version.
 */
export async function openBoard(options: OpenBoardOptions = {}): Promise<ConnectedBoard> {
  const port = options.port ?? process.env.SPIKEWORD_PORT;
  // an empty variable counts as unset
  if (!port) return findBoard(options);
  const board = await greet(port, options, options.patience ?? patienceFor);
  await remember(port, options);
  return board;
}

/**
 * Lets later searches ask a port that was named. A port that the system does not list, as an emulated one, is not
 * found.
 */
async function remember(path: string, options: OpenBoardOptions): Promise<void> {
  try {
    const ports = await (options.list ?? listPorts)();
    const real = realpathSync(path);
    const port = ports.find((listed) => listed.path === path || listed.path === real);
    if (port !== undefined && !looksLikeBoard(port)) rememberPort(port);
  } catch {
    // the board works; only a search will not find it
  }
}

/** Opens a board, works with it and always closes the port. Throws what `openBoard` and `work` throw. */
export async function withBoard<T>(options: OpenBoardOptions, work: (board: ConnectedBoard) => Promise<T>): Promise<T> {
  const board = await openBoard(options);
  try {
    return await work(board);
  } finally {
    await board.client.close();
  }
}

async function greet(
  path: string,
  options: OpenBoardOptions,
  patience: (kind: number) => Patience,
): Promise<ConnectedBoard> {
  const client = new BoardClient(await (options.open ?? openSerialStream)(path), patience);
  try {
    return { client, hello: await client.hello(), port: path };
  } catch (error) {
    await client.close();
    throw error instanceof NoAnswerError ? new NotABoardError(path, error.bytes) : error;
  }
}

async function findBoard(options: OpenBoardOptions): Promise<ConnectedBoard> {
  const ports = await (options.list ?? listPorts)();
  if (ports.length === 0) {
    throw new PortError(`no serial port was found: plug a board in, or name its port with --port; ${EMULATED}`);
  }
  const asked = ports.filter(looksLikeBoard);
  if (asked.length === 0) {
    const paths = ports.slice(0, REASONS).map(({ path }) => path);
    throw new PortError(
      `no serial port looks like a board, so nothing was written to any: name one with --port, after which it is remembered; ${EMULATED}. Ports: ${paths.join(', ')}`,
    );
  }
  const found = await Promise.allSettled(asked.map(({ path }) => greet(path, options, () => SEARCH_PATIENCE)));
  const boards = found.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
  if (boards.length === 1) {
    boards[0].client.link.patience = options.patience ?? patienceFor;
    return boards[0];
  }
  await Promise.all(boards.map(({ client }) => client.close()));
  if (boards.length > 1) {
    const names = boards.map(({ port, hello }) => `${port} (${hello.board})`).join(', ');
    throw new PortError(`several boards answer: ${names}; choose one with --port or SPIKEWORD_PORT`);
  }
  const why = found.flatMap((result) => (result.status === 'rejected' ? [(result.reason as Error).message] : []));
  const more = why.length > REASONS ? [`and ${why.length - REASONS} more`] : [];
  const reasons = [...why.slice(0, REASONS), ...more].map((line) => `\n  ${line}`).join('');
  throw new PortError(`no board answers; name its port with --port; ${EMULATED}. Ports tried:${reasons}`);
}

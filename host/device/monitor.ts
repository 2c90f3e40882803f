import { setTimeout as wait } from 'node:timers/promises';
import { type ConnectedBoard, runningSlot } from '../core/board/index.js';
import { PortError, PortLostError } from '../core/error.js';
import { decodeDetected, EVENT, type Hello } from '../core/protocol/index.js';
import { bytesText, crcText, hexText } from '../core/text/index.js';
import { detectionText } from '../detection/index.js';
import { type OpenBoardOptions, openBoard } from './open-board.js';
import { listPorts, type PortDescription } from './ports.js';

/** Something that happened on the board. */
export interface BoardEvent {
  readonly kind: 'connected' | 'lost' | 'restarted' | 'model' | 'detected' | 'text' | 'event';
  /** A description for the user. */
  readonly text: string;
}

/** How often the board is asked which model runs. This also shows whether it was unplugged. */
const ASK_MS = 2000;

function modelText(hello: Hello): string {
  const slot = runningSlot(hello);
  return slot === null
    ? 'no model runs'
    : `slot ${slot.index} runs, ${bytesText(slot.length)}, CRC-32 ${crcText(slot.crc)}`;
}

/**
 * Calls `tell` for each event of a board until `signal` is aborted; without a signal it runs forever. Throws
 * `PortLostError` when the board is unplugged.
 */
export async function monitorBoard(
  { client, hello: first, port }: ConnectedBoard,
  tell: (event: BoardEvent) => void,
  signal?: AbortSignal,
  askMs = ASK_MS,
): Promise<void> {
  let hello = first;
  tell({ kind: 'connected', text: `${hello.board} on ${port}, firmware ${hello.firmware}; ${modelText(hello)}` });
  client.link.onEvent = ({ kind, body }) => {
    if (kind === EVENT.text) tell({ kind: 'text', text: new TextDecoder().decode(body) });
    else if (kind === EVENT.detected) tell({ kind: 'detected', text: detectionText(decodeDetected(body)) });
    else if (kind !== EVENT.booted) tell({ kind: 'event', text: `event ${hexText(kind, 2)}, ${body.length} bytes` });
  };
  while (signal?.aborted !== true) {
    await wait(askMs, undefined, { signal }).catch(() => {});
    if (signal?.aborted) return;
    const now = await client.hello();
    if (now.nonce !== hello.nonce) tell({ kind: 'restarted', text: `the board has restarted; ${modelText(now)}` });
    else if (modelText(now) !== modelText(hello)) tell({ kind: 'model', text: modelText(now) });
    hello = now;
  }
}

/** How long a board on USB may take to come back after a restart, and how often it is looked for. */
const BACK_WITHIN_MS = 10_000;
const LOOK_EVERY_MS = 500;

export interface MonitorTimes {
  readonly askMs: number;
  readonly backWithinMs: number;
  readonly lookEveryMs: number;
}

/**
 * Monitors the board at a port, as `monitorBoard` does. A board on USB takes its port away when it restarts, and may
 * come back as another one: if it is there again within ten seconds, the monitoring goes on. Throws what `openBoard`
 * throws, and `PortLostError` if the board does not come back, or was not on USB: then nobody knows what the same port
 * leads to next.
 */
export async function monitorPort(
  options: OpenBoardOptions,
  tell: (event: BoardEvent) => void,
  signal?: AbortSignal,
  times: MonitorTimes = { askMs: ASK_MS, backWithinMs: BACK_WITHIN_MS, lookEveryMs: LOOK_EVERY_MS },
): Promise<void> {
  const list = options.list ?? listPorts;
  let board = await openBoard(options);
  const device = (await list().catch(() => [])).find(({ path }) => path === board.port);
  for (;;) {
    try {
      return await monitorBoard(board, tell, signal, times.askMs).finally(() => board.client.close());
    } catch (error) {
      if (!(error instanceof PortLostError) || device === undefined || device.vendorId === null) throw error;
      const { nonce } = board.hello;
      tell({ kind: 'lost', text: `${board.port} is gone; waiting for the board to come back` });
      const back = await comeBack(device, { ...options, list }, times);
      if (back === undefined) throw error;
      board = back;
      if (board.hello.nonce !== nonce) tell({ kind: 'restarted', text: 'the board has restarted' });
    }
  }
}

/** Looks for a USB device that was lost, at any port. */
async function comeBack(
  device: PortDescription,
  options: OpenBoardOptions & { readonly list: () => Promise<readonly PortDescription[]> },
  { backWithinMs, lookEveryMs }: MonitorTimes,
): Promise<ConnectedBoard | undefined> {
  const same = ({ vendorId, productId }: PortDescription): boolean =>
    vendorId === device.vendorId && productId === device.productId;
  const end = performance.now() + backWithinMs;
  while (performance.now() < end) {
    await wait(lookEveryMs);
    for (const { path } of (await options.list().catch(() => [])).filter(same)) {
      try {
        return await openBoard({ ...options, port: path });
      } catch (error) {
        // not there yet
        if (!(error instanceof PortError)) throw error;
      }
    }
  }
  return undefined;
}

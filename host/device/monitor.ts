import { setTimeout as wait } from 'node:timers/promises';
import { type ConnectedBoard, runningSlot } from '../core/board/index.js';
import { decodeDetected, EVENT, type Hello } from '../core/protocol/index.js';
import { bytesText, crcText, hexText } from '../core/text/index.js';
import { detectionText } from '../detection/index.js';

/** Something that happened on the board. */
export interface BoardEvent {
  readonly kind: 'connected' | 'restarted' | 'model' | 'detected' | 'text' | 'event';
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

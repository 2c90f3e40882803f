import { setTimeout as wait } from 'node:timers/promises';
import { SAMPLE_RATE_HZ, samplesOfSeconds } from '../core/audio/index.js';
import type { ConnectedBoard } from '../core/board/index.js';
import type { Detection } from '../core/detection/index.js';
import { BoardError } from '../core/error.js';
import { type BoardHearing, decodeDetected, EVENT } from '../core/protocol/index.js';
import { countText, decimalText } from '../core/text/index.js';

/** How often the board is asked how much it has heard. This also shows whether it was unplugged. */
const ASK_MS = 200;
/** A microphone that gives nothing for so long is not connected. */
const SILENT_MS = 3000;

export interface BoardMicrophoneOptions {
  /** Stops after this much sound; default: never. */
  readonly seconds?: number;
  /** Called when the board has begun. */
  readonly onBegin?: () => void;
  readonly onDetection: (detection: Detection) => void;
  /** Called when no sound comes, and when the board has lost some. */
  readonly onWarning: (text: string) => void;
}

export interface BoardMicrophoneSummary {
  readonly board: string;
  /** Seconds that went by, and how many of them the board lost. */
  readonly seconds: number;
  readonly secondsLost: number;
  readonly detections: number;
}

const secondsOf = (samples: number): number => samples / SAMPLE_RATE_HZ;

/** Turns what a board says about its hearing into warnings, each of them once. */
function watcher(port: string, onWarning: (text: string) => void): (hearing: BoardHearing) => void {
  const began = performance.now();
  let silent = false;
  let told = 0;
  return ({ heard, lost }) => {
    if (heard === 0 && !silent && performance.now() - began > SILENT_MS) {
      silent = true;
      onWarning(
        `${port}: the board's microphone gives no sound; an emulated board hears what \`board emulate --microphone\` plays`,
      );
    }
    if (lost <= told) return;
    // again whenever it has doubled
    told = 2 * lost;
    onWarning(
      `${port}: the board has lost ${secondsOf(lost).toFixed(1)} s of sound, because it is too slow; use a smaller model or a faster board`,
    );
  };
}

/**
 * Lets a board listen with its own microphone, from now on, and calls `onDetection` for each word that it detects, with
 * the thresholds of its model. The board goes on afterwards. Throws `RefusedError` if it has no microphone or no model
 * that detects words, `BoardError` if something else ends its listening, and what the client's requests throw.
 */
export async function listenWithBoard(
  { client, hello, port }: ConnectedBoard,
  { seconds, onBegin, onDetection, onWarning }: BoardMicrophoneOptions,
): Promise<BoardMicrophoneSummary> {
  const wanted = seconds === undefined ? Number.POSITIVE_INFINITY : samplesOfSeconds(seconds);
  // what it still tells of the time before is not for us
  if ((await client.listen('ask')).listening) await client.listen('off');
  let detections = 0;
  client.link.onEvent = ({ kind, body }) => {
    if (kind !== EVENT.detected) return;
    const detection = decodeDetected(body);
    if (detection.sample > wanted) return;
    detections++;
    onDetection(detection);
  };
  const watch = watcher(port, onWarning);
  let hearing = await client.listen('on');
  onBegin?.();
  while (hearing.heard + hearing.lost < wanted) {
    await wait(ASK_MS);
    hearing = await client.listen('ask');
    if (!hearing.listening) throw new BoardError(`${port}: the board has stopped listening: something else uses it`);
    watch(hearing);
  }
  client.link.onEvent = () => {};
  const gone = Math.min(wanted, hearing.heard + hearing.lost);
  return { board: hello.board, seconds: secondsOf(gone), secondsLost: secondsOf(hearing.lost), detections };
}

/** Returns the summary as a sentence. */
export function boardMicrophoneText({ board, seconds, secondsLost, detections }: BoardMicrophoneSummary): string {
  const words = `${countText(detections)} ${detections === 1 ? 'detection' : 'detections'}`;
  const lost = secondsLost === 0 ? '' : `; ${secondsLost.toFixed(1)} s of it were lost`;
  return `${board}: ${decimalText(seconds)} s heard, ${words}${lost}`;
}

import { LiveSource, type SampleSource } from '../audio/index.js';
import { FRAME_MS } from '../core/audio/index.js';
import type { BoardListener, StreamLoad } from '../core/board/index.js';
import type { OperatingPoint } from '../core/quantization/index.js';
import { countText, decimalText } from '../core/text/index.js';
import { type Listener, type ListenOptions, type ListenSummary, listen } from '../detection/index.js';

/** From this delay on, the board counts as behind: users notice a detection that comes this late. */
const LATE_MS = 500;

export interface BoardListenOptions extends Omit<ListenOptions, 'listener'> {
  readonly listener: BoardListener;
  /** Returns the listener that gets the sound, around that of the board. */
  readonly around?: (listener: Listener) => Listener;
  /** Whether the source gives sound in real time, as a microphone does, instead of as fast as it is read. */
  readonly live: boolean;
  /** Called when the board is behind, with how far and what to do, and again whenever the delay has doubled. */
  readonly onWarning: (text: string) => void;
}

export interface BoardListenSummary extends ListenSummary {
  readonly board: string;
  /** Seconds that the board took for each second of sound. Above 1 it cannot keep up. */
  readonly secondsPerSecond: number;
  /** The greatest delay of the board behind the sound, in milliseconds; null if the source is not live. */
  readonly mostBehindMs: number | null;
}

/** Sends a source to a board, as `listen` does. Throws what the source and `BoardListener.push` throw. */
export async function listenOnBoard(options: BoardListenOptions): Promise<BoardListenSummary> {
  const { listener, live, onWarning, source, onPiece } = options;
  const { board, load, point } = listener;
  const liveSource = live ? new LiveSource(source) : null;
  const heard: SampleSource = liveSource ?? source;
  let most = 0;
  let tellFrom = LATE_MS;
  const watch = (behindMs: number): void => {
    most = Math.max(most, behindMs);
    if (behindMs < LATE_MS / 2) tellFrom = LATE_MS;
    if (behindMs <= tellFrom) return;
    tellFrom = 2 * behindMs;
    onWarning(`${board.port}: ${behindText(behindMs, load, point)}`);
  };
  const summary = await listen({
    ...options,
    listener: options.around?.(listener) ?? listener,
    source: heard,
    onPiece: (piece) => {
      if (liveSource !== null) watch(liveSource.behindMs);
      onPiece?.(piece);
    },
  });
  const { secondsPerSecond } = load;
  return { ...summary, board: board.hello.board, secondsPerSecond, mostBehindMs: liveSource && most };
}

const seconds = (ms: number): string => `${(ms / 1000).toFixed(1)} s`;

/** Returns a warning that a board is behind, by how much, and what to do. */
export function behindText(behindMs: number, load: StreamLoad, point: OperatingPoint): string {
  const hopMs = point.hop * FRAME_MS;
  const takes = load.foreseen(hopMs);
  const where = `the board is ${seconds(behindMs)} behind the sound and takes ${takes.toFixed(2)} s per second of sound`;
  if (takes < 1) return `${where}: fast enough, but something delayed it; close other programs if it happens again`;
  const hop = load.hopThatKeepsUp(point);
  if (hop !== null) return `${where}; infer less often, with --hop ${hop} (now ${hopMs})`;
  return load.foreseen(Number.POSITIVE_INFINITY) < 1
    ? `${where}; use a smaller model or a faster board`
    : `${where}, even without inferences; use a faster line or board, or close other programs if the board is emulated`;
}

/** Returns the summary as a sentence. */
export function boardListenText(summary: BoardListenSummary): string {
  const { source, seconds: heard, detections, board, secondsPerSecond, mostBehindMs } = summary;
  const behind = mostBehindMs === null ? '' : `, at most ${seconds(mostBehindMs)} behind`;
  const took = `${board} took ${secondsPerSecond.toFixed(2)} s per second of sound${behind}`;
  return `${source}: ${decimalText(heard)} s heard, ${countText(detections)} detections; ${took}`;
}

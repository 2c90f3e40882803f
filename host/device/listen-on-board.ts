import { LiveSource, type SampleSource } from '../audio/index.js';
import type { OperatingPoint } from '../core/quantization/index.js';
import { type ListenOptions, type ListenSummary, listen } from '../detection/index.js';
import type { BoardListener } from './board-listener.js';
import type { StreamLoad } from './stream-load.js';

/** From here on the board counts as behind: a detection that comes so much later is felt. */
const LATE_MS = 500;

export interface BoardListenOptions extends Omit<ListenOptions, 'listener'> {
  readonly listener: BoardListener;
  /** Whether the source gives sound as it is heard, as a microphone does, and not as fast as it is taken. */
  readonly live: boolean;
  /** Told that the board has fallen behind, how far, and what to do; again whenever that has doubled. */
  readonly onWarning: (text: string) => void;
}

export interface BoardListenSummary extends ListenSummary {
  readonly board: string;
  /** Seconds that the board took for each second of sound; above 1 it cannot keep up. */
  readonly secondsPerSecond: number;
  /** The farthest that the board was behind what was heard, milliseconds; null for a source that is not live. */
  readonly mostBehindMs: number | null;
}

/** Lets a board hear a source, as `listen` does. Throws what the source and `BoardListener.push` throw. */
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

/** That a board is behind, by how much, and what to do about it. */
export function behindText(behindMs: number, load: StreamLoad, point: OperatingPoint): string {
  const { hopMs } = point;
  const takes = load.foreseen(hopMs);
  const where = `the board is ${seconds(behindMs)} behind what is heard and takes ${takes.toFixed(2)} s for a second of it`;
  if (takes < 1) return `${where}: enough, but something held it up; close what else is running if it happens again`;
  const hop = load.hopThatKeepsUp(point);
  if (hop !== null) return `${where}; infer less often, with --hop ${hop} (now ${hopMs})`;
  return load.foreseen(Number.POSITIVE_INFINITY) < 1
    ? `${where}; it needs a smaller model or a faster board`
    : `${where}, even without inferences; it needs a faster line or board, or where it is emulated a computer with less to do`;
}

/** What was heard, as a line for a terminal. */
export function boardListenText(summary: BoardListenSummary): string {
  const { source, seconds: heard, detections, board, secondsPerSecond, mostBehindMs } = summary;
  const behind = mostBehindMs === null ? '' : `, at most ${seconds(mostBehindMs)} behind`;
  const took = `${board} took ${secondsPerSecond.toFixed(2)} s for a second of sound${behind}`;
  return `${source}: ${heard.toFixed(1)} s heard, ${detections} detections; ${took}\n`;
}

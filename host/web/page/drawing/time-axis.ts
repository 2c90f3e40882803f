import { HISTORY_FRAMES } from '../history.js';
import { reducedMotion } from './theme.js';

/** Columns that are left blank ahead of the cursor. */
const GAP = 12;

/**
 * The positions of frames in a picture of `HISTORY_FRAMES` columns. Usually the newest frame is at the right and
 * everything moves. If the user prefers reduced motion, frames keep their places, as on an oscilloscope, and a cursor
 * runs through them.
 */
export interface TimeAxis {
  /** Returns the column of a frame; −1 if the frame is not visible. */
  column(frame: number): number;
  /** The column of the cursor; −1 if there is none. */
  readonly cursor: number;
}

/** @param frames frames since the stream began */
export function timeAxis(frames: number): TimeAxis {
  if (reducedMotion()) {
    const cursor = frames % HISTORY_FRAMES;
    const oldest = frames - HISTORY_FRAMES + GAP;
    return { cursor, column: (frame) => (frame < oldest || frame >= frames ? -1 : frame % HISTORY_FRAMES) };
  }
  const first = frames - HISTORY_FRAMES;
  return { cursor: -1, column: (frame) => (frame < first || frame >= frames ? -1 : frame - first) };
}

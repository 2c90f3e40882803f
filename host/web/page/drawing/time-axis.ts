import { HISTORY_FRAMES } from '../history.js';
import { reducedMotion } from './theme.js';

/** Columns ahead of the cursor that are left blank where the picture stands still. */
const GAP = 12;

/**
 * Where frames stand in a picture of `HISTORY_FRAMES` columns. Usually the newest is at the right and everything moves;
 * where motion is not wanted, frames keep their places, as on an oscilloscope, and a cursor goes round.
 */
export interface TimeAxis {
  /** Column of a frame; −1 where it is not to be seen. */
  column(frame: number): number;
  /** Where the cursor is; −1 without one. */
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

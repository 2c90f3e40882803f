import { reducedMotion } from './theme.js';

/** Columns that are left blank ahead of the cursor. */
const GAP = 12;

/**
 * The positions of frames in a picture of `span` columns. Usually the newest frame is at the right and everything
 * moves. If the user prefers reduced motion, frames keep their places, as on an oscilloscope, and a cursor runs through
 * them.
 */
export interface TimeAxis {
  readonly span: number;
  /** The frames that are visible: from the first to the one before `end`. */
  readonly first: number;
  readonly end: number;
  /** Returns the column of a frame; −1 if the frame is not visible. */
  column(frame: number): number;
  /** The column of the cursor; −1 if there is none. */
  readonly cursor: number;
}

/** @param frames frames since the stream began @param span columns of the picture */
export function timeAxis(frames: number, span: number): TimeAxis {
  const isStill = reducedMotion();
  const first = frames - span + (isStill ? GAP : 0);
  const isVisible = (frame: number): boolean => frame >= first && frame < frames;
  return {
    ...{ span, first: Math.max(0, first), end: frames },
    cursor: isStill ? frames % span : -1,
    column: (frame) => (!isVisible(frame) ? -1 : isStill ? frame % span : frame - first),
  };
}

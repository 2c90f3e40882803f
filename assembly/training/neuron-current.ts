// The currents of the neurons of one image, four channels of a position (a cell) at a time: batch norm of the
// convolution's output, plus the input of the shortcut. Every thread has its own variables.
import { Layer, Shortcut } from './generated';
import { spikeMask } from './spike-masks';

/** Bytes of a row (the channels of a position) and of a plane (the positions of a timestep). */
export let rowBytes: i32 = 0;
export let planeBytes: i32 = 0;

/** The convolution's output in the first timestep, and the bytes from one timestep to the next. */
export let output: usize = 0;
export let outputStep: i32 = 0;

/** The input of the shortcut in the first timestep: the output of the projection, or spikes, four per byte. */
export let entering: usize = 0;
export let enteringStep: i32 = 0;

/** Prepares for the currents of one image. */
export function takeCurrents(l: Layer, image: i32): void {
  const c = l.convolution;
  rowBytes = l.vectors << 4;
  planeBytes = l.height * l.width * rowBytes;
  output = c.output + image * c.planes * planeBytes;
  // The stem has one plane, which every timestep reads.
  outputStep = c.planes == 1 ? 0 : planeBytes;
  if (l.shortcut == Shortcut.Projection) {
    entering = l.projection.output + image * l.timesteps * planeBytes;
    enteringStep = planeBytes;
  } else if (l.shortcut == Shortcut.Identity) {
    const source = l.shortcutSource;
    enteringStep = source.height * source.width * source.vectors;
    entering = source.spikes + image * l.timesteps * enteringStep + source.shortcutFirst * source.vectors;
  }
}

/**
 * The current of a cell. Inlined, with a constant for `shortcut` at every call; static methods, because biome
 * does not parse decorators of functions.
 */
export class Current {
  /** Returns batch norm's scale of the channels at `norm`. */
  @inline
  static scale(norm: usize, rowBytes: i32): v128 {
    return v128.load(norm + (rowBytes << 1));
  }

  /** Returns batch norm's shift of the channels at `norm`. */
  @inline
  static shift(norm: usize, rowBytes: i32): v128 {
    return v128.load(norm + rowBytes * 3);
  }

  /** Returns the output at `from` after batch norm. */
  @inline
  static normalised(from: usize, scale: v128, shift: v128): v128 {
    return f32x4.add(f32x4.mul(v128.load(from), scale), shift);
  }

  /** Returns `current` plus the input of the shortcut at `from`. */
  @inline
  static withShortcut(current: v128, from: usize, scale: v128, shift: v128, shortcut: i32): v128 {
    if (shortcut == Shortcut.Projection) current = f32x4.add(current, Current.normalised(from, scale, shift));
    if (shortcut == Shortcut.Identity) current = f32x4.add(current, v128.and(spikeMask(from), scale));
    return current;
  }
}

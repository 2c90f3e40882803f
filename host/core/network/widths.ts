import { NetworkError } from '../error.js';
import type { NetworkSpec } from './spec.js';

/** Widths are rounded to a multiple of this, so that the channels of a layer fill whole lanes of the kernels. */
const CHANNELS_STEP = 4;

/**
 * Returns a network whose stem and stages have `width` times as many channels, rounded to a multiple of 4. Throws
 * `NetworkError` for a width that is not a number above 0.
 */
export function withWidth(spec: NetworkSpec, width: number): NetworkSpec {
  if (!(Number.isFinite(width) && width > 0)) throw new NetworkError(`a width of ${width}: expected a number above 0`);
  if (width === 1) return spec;
  const widened = <Part extends { readonly channels: number }>(part: Part): Part => ({
    ...part,
    channels: Math.max(CHANNELS_STEP, CHANNELS_STEP * Math.round((part.channels * width) / CHANNELS_STEP)),
  });
  return { ...spec, stem: widened(spec.stem), stages: spec.stages.map(widened) };
}

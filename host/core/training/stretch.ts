/**
 * Adds a recording from `offset` on, played `speed` times as fast; linear between samples, 0 outside. `offset` may be
 * before its start.
 */
export function addStretch(
  target: Float64Array,
  samples: Int16Array,
  offset: number,
  speed: number,
  gain: number,
): void {
  const first = Math.max(0, Math.ceil(-offset / speed));
  const end = Math.min(target.length, Math.ceil((samples.length - 1 - offset) / speed));
  for (let n = first; n < end; n++) {
    const position = offset + n * speed;
    // Not Math.floor: positions are not negative, and this is the innermost loop of an epoch.
    const k = Math.min(position | 0, samples.length - 2);
    const sample = samples[k];
    target[n] += gain * (sample + (position - k) * (samples[k + 1] - sample));
  }
}

/**
 * Rounds one channel's weights, given in units of its scale (at most 127 in size), so that sums survive: the taps of
 * each input channel (`taps` neighbours in the list) and the whole list keep their sum to half a unit. Each weight goes
 * to one of its two neighbouring integers, to the nearer one wherever the sums allow.
 *
 * Neighbouring taps see nearly the same spikes, one timestep's train is much like the next's, and spikes are never
 * negative. The errors of nearest rounding therefore add up in the membrane, while errors that cancel within a kernel
 * mostly cancel there too.
 */
export function roundKeepingSums(values: Float64Array, taps: number): Int8Array {
  const integers = new Int8Array(values.length);
  for (let k = 0; k < values.length; k++) integers[k] = Math.round(values[k]);
  for (let first = 0; first < values.length; first += taps) settleSum(values, integers, first, first + taps);
  settleSum(values, integers, 0, values.length);
  return integers;
}

/**
 * Moves integers in [from, to) by one until their sum is right, starting with those whose rounding was closest to a
 * tie.
 */
function settleSum(values: Float64Array, integers: Int8Array, from: number, to: number): void {
  let excess = 0;
  for (let k = from; k < to; k++) excess += integers[k] - values[k];
  while (Math.abs(excess) > 0.5) {
    const step = excess > 0 ? -1 : 1;
    let best = from;
    let least = Infinity;
    for (let k = from; k < to; k++) {
      const growth = step * (integers[k] - values[k]);
      if (growth >= least) continue;
      best = k;
      least = growth;
    }
    integers[best] += step;
    excess += step;
  }
}

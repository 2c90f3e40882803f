/** All bits of channels that exist, in the spike word that begins with channel `first`. */
function channelMask(first: u32, channels: u32): u32 {
  const left = channels - first;
  return left >= 32 ? 0xffffffff : (1 << left) - 1;
}

/**
 * One timestep of the neurons of one position: V ← V + I, a spike where V reaches the threshold, which is then
 * subtracted. Currents are pairs of int16 lanes, low + 65536·high modulo 2^32. Writes the spikes as bits and returns
 * their number.
 */
export function firePacked(currents: usize, membranes: usize, thresholds: usize, channels: u32, spikes: usize): u32 {
  let count: u32 = 0;
  for (let first: u32 = 0; first < channels; first += 32) {
    const last = min(first + 32, (channels + 1) & ~1);
    let bits: u32 = 0;
    let bit: u32 = 1;
    let current: usize = currents + first * 2;
    let membrane: usize = membranes + first * 4;
    let threshold: usize = thresholds + first * 4;
    for (let c = first; c < last; c += 2) {
      const pair = load<u32>(current);
      const low = <i32>(pair << 16) >> 16;
      let v0 = load<i32>(membrane) + low;
      let v1 = load<i32>(membrane, 4) + (<i32>(pair - low) >> 16);
      const t0 = load<i32>(threshold);
      const t1 = load<i32>(threshold, 4);
      if (v0 >= t0) {
        v0 -= t0;
        bits |= bit;
      }
      if (v1 >= t1) {
        v1 -= t1;
        bits |= bit << 1;
      }
      store<i32>(membrane, v0);
      store<i32>(membrane, v1, 4);
      bit <<= 2;
      current += 4;
      membrane += 8;
      threshold += 8;
    }
    bits &= channelMask(first, channels);
    store<u32>(spikes + (first >>> 3), bits);
    count += popcnt(bits);
  }
  return count;
}

/** As `firePacked`, with int32 currents, [channel]. */
export function fire(currents: usize, membranes: usize, thresholds: usize, channels: u32, spikes: usize): u32 {
  let count: u32 = 0;
  for (let first: u32 = 0; first < channels; first += 32) {
    const last = min(first + 32, channels);
    let bits: u32 = 0;
    for (let c = first; c < last; c++) {
      let v = load<i32>(membranes + c * 4) + load<i32>(currents + c * 4);
      const threshold = load<i32>(thresholds + c * 4);
      if (v >= threshold) {
        v -= threshold;
        bits |= 1 << (c - first);
      }
      store<i32>(membranes + c * 4, v);
    }
    store<u32>(spikes + (first >>> 3), bits);
    count += popcnt(bits);
  }
  return count;
}

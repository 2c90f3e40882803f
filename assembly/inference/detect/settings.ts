import * as format from '../generated';

// The detection section of the model that is being loaded, or is loaded.

/** Number of classes. */
export let classes: u32 = 0;
/** Frames from one inference to the next; 0 for a model that does not say how to detect words. */
export let hop: u32 = 0;
/** A: inferences that are averaged; 0 for the same. */
export let average: u32 = 0;
/** N: how many of them must have named the word. */
export let minimumCount: u32 = 0;
/** S: inferences after a detection without another. */
export let suppression: u32 = 0;
/** m: a unit of a score is m / 2^24 in the exponent of two. */
export let factor: u32 = 0;
/** u16 [class], in the model; 0 for a class that is never detected. */
export let storedThresholds: usize = 0;

/** Forgets the section: nothing is detected. */
export function clearDetection(): void {
  hop = 0;
  average = 0;
}

/** Bytes of u16 numbers, one per class, up to a multiple of 4. */
function rowBytes(): u64 {
  return ((<u64>classes + 1) >> 1) << 2;
}

/**
 * Binds the `bytes` of the section at `address`; `ownHop` is that of the network, or 0. Returns −1, or the offset of a
 * field that is out of range.
 */
export function bindDetection(address: usize, bytes: u32, labels: u32, ownHop: u32): i32 {
  clearDetection();
  classes = labels;
  if (bytes == 0) return -1;
  if (bytes < format.DETECTION_THRESHOLDS) return format.DETECTION_THRESHOLDS;
  const frames = <u32>load<u16>(address, format.DETECTION_HOP);
  const averaged = <u32>load<u16>(address, format.DETECTION_AVERAGE);
  minimumCount = load<u16>(address, format.DETECTION_MINIMUM_COUNT);
  suppression = load<u16>(address, format.DETECTION_SUPPRESSION);
  factor = load<u32>(address, format.DETECTION_FACTOR);
  const points = load<u32>(address, format.DETECTION_POINTS);
  if (frames < 1 || frames > format.MOST_HOP || (ownHop != 0 && frames != ownHop)) return format.DETECTION_HOP;
  if (averaged < 1 || averaged > format.MOST_AVERAGED) return format.DETECTION_AVERAGE;
  if (minimumCount < 1 || minimumCount > averaged) return format.DETECTION_MINIMUM_COUNT;
  const curve = points * (<u64>format.CURVE_BYTES + rowBytes());
  if (points > format.MOST_POINTS || bytes != <u64>format.DETECTION_THRESHOLDS + rowBytes() + curve) {
    return format.DETECTION_POINTS;
  }
  storedThresholds = address + format.DETECTION_THRESHOLDS;
  hop = frames;
  average = averaged;
  return -1;
}

import { average, classes, factor, minimumCount, storedThresholds, suppression } from './settings';
import { greatest, softmax } from './softmax';

// Scores in, detected words out. The probabilities of the last A inferences, or of all so far, are averaged, and a word
// is detected if its average is the greatest and reaches the word's own threshold, if at least N of the inferences
// named it, if the last detection is at least S inferences ago, and if the word's average was below its threshold since
// it was detected last.

/** Sums of the probabilities of the last inferences, u32 [class], 65535 in all for each inference. */
export let averages: usize = 0;
/** u16 [class]; 0 for a class that is never detected. */
export let thresholds: usize = 0;
/** How many of the last inferences named each class, u16 [class]. */
let wins: usize = 0;
/** Probabilities of the last inferences, u16 [slot][class]. */
let ring: usize = 0;
/** The classes that they named, u16 [slot]. */
let winners: usize = 0;
/** Whether the average of a class has been below its threshold since it was detected, u8 [class]. */
let ready: usize = 0;

/** The class that the last inference detected; −1 for none. */
export let detected: i32 = -1;
/** Its average, 0 to 65535. */
export let detectedScore: u32 = 0;

/** The slot in the ring of the next inference. */
let slot: u32 = 0;
/** Inferences in the ring: at the beginning of a stream fewer than A. */
let taken: u32 = 0;
/** Inferences since the last detection; the greatest number before the first. */
let since: u32 = u32.MAX_VALUE;

/** Bytes of the detector's memory, a multiple of 4. */
export function detectorBytes(): u64 {
  if (average == 0) return 0;
  return (<u64>classes * 9 + <u64>average * (classes + 1) * 2 + 3) & ~3;
}

/** Places the detector's memory at `address`, and takes the thresholds of the model. */
export function placeDetector(address: usize): void {
  averages = address;
  thresholds = averages + classes * 4;
  wins = thresholds + classes * 2;
  ring = wins + classes * 2;
  winners = ring + average * classes * 2;
  ready = winners + average * 2;
  if (average != 0) memory.copy(thresholds, storedThresholds, classes * 2);
}

/** Returns to the state before the first inference of a stream; the thresholds stay. */
export function resetDetector(): void {
  detected = -1;
  detectedScore = 0;
  slot = 0;
  taken = 0;
  since = u32.MAX_VALUE;
  if (average == 0) return;
  memory.fill(averages, 0, classes * 4);
  memory.fill(wins, 0, ready - wins);
  // no class of the model: an empty slot names none
  memory.fill(winners, 0xff, average * 2);
  memory.fill(ready, 1, classes);
}

/** Replaces the oldest inference in the ring, the sums and the counts by the one with these scores. */
function takeInference(scores: usize): void {
  const row = ring + slot * classes * 2;
  const place = winners + slot * 2;
  const winner = greatest(scores, classes);
  for (let c: u32 = 0; c < classes; c++) {
    store<u32>(averages + c * 4, load<u32>(averages + c * 4) - load<u16>(row + c * 2));
  }
  softmax(scores, classes, load<i32>(scores + winner * 4), factor, row);
  for (let c: u32 = 0; c < classes; c++) {
    store<u32>(averages + c * 4, load<u32>(averages + c * 4) + load<u16>(row + c * 2));
  }
  const before = <u32>load<u16>(place);
  if (before < classes) store<u16>(wins + before * 2, load<u16>(wins + before * 2) - 1);
  store<u16>(place, winner);
  store<u16>(wins + winner * 2, load<u16>(wins + winner * 2) + 1);
  slot = slot + 1 < average ? slot + 1 : 0;
  taken = min(taken + 1, average);
}

/**
 * Takes the scores, int32 [class], of the next inference of the stream. Returns the class that is detected now, or −1:
 * none, or the model does not say how to detect words.
 */
export function detectWord(scores: usize): i32 {
  detected = -1;
  if (average == 0) return -1;
  takeInference(scores);
  let top: u32 = 0;
  for (let c: u32 = 0; c < classes; c++) {
    const sum = load<u32>(averages + c * 4);
    if (sum > load<u32>(averages + top * 4)) top = c;
    if (sum < <u32>load<u16>(thresholds + c * 2) * taken) store<u8>(ready + c, 1);
  }
  if (since != u32.MAX_VALUE) since++;
  const threshold = <u32>load<u16>(thresholds + top * 2);
  const sum = load<u32>(averages + top * 4);
  if (threshold == 0 || sum < threshold * taken || load<u8>(ready + top) == 0) return -1;
  if (<u32>load<u16>(wins + top * 2) < minimumCount || since < suppression) return -1;
  store<u8>(ready + top, 0);
  since = 0;
  detected = top;
  detectedScore = sum / taken;
  return detected;
}

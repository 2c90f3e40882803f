import { openSamples } from '../../audio/index.js';
import { CLIP_SAMPLES, type Cut, cutOut, PieceEnergies, planCuts } from '../../core/audio/index.js';
import { RecordingError } from '../../core/error.js';

/**
 * Finds the words in a recording as `cutWords` does, and yields them one after the other. The file is read twice: first
 * for its levels, then for the words. However long it is, only a number for each 10 ms, a piece of its sound and the
 * words that are being cut are in memory.
 *
 * @param onRead hears which share of the work is done, 0 to 1
 * @throws RecordingError if the file cannot be read or is malformed
 */
export async function* cutRecording(file: string, onRead?: (share: number) => void): AsyncGenerator<Cut, void> {
  // opening a file reads its beginning, which is no progress
  let pass: number | null = null;
  const tell = (share: number): void => {
    if (pass !== null) onRead?.((pass + share) / 2);
  };
  const open = await openSamples(file, { resample: true, onRead: tell });
  const levels = new PieceEnergies();
  pass = 0;
  for await (const piece of open()) levels.push(piece);
  pass = 1;
  const plans = planCuts(levels.energies);
  const starts = plans.flatMap(({ reason, place }) => (reason === null ? [place.start] : []));
  const seconds = secondsAt(starts, open());
  for (const { place, ...found } of plans) {
    if (found.reason !== null) {
      yield { ...found, clip: null };
      continue;
    }
    const second = await seconds.next();
    if (second.done === true) throw new RecordingError(file, 'became shorter while it was read; try again');
    yield { ...found, clip: cutOut(second.value, place) };
  }
}

/** Yields the second from each of `starts` on, which ascend, with zeros outside the recording. */
async function* secondsAt(
  starts: readonly number[],
  pieces: AsyncIterable<Int16Array>,
): AsyncGenerator<Int16Array, void> {
  const begun: { readonly start: number; readonly second: Int16Array }[] = [];
  let next = 0;
  let at = 0;
  for await (const piece of pieces) {
    const end = at + piece.length;
    for (; next < starts.length && starts[next] < end; next++) {
      begun.push({ start: starts[next], second: new Int16Array(CLIP_SAMPLES) });
    }
    for (const { start, second } of begun) {
      const from = Math.max(start, at);
      second.set(piece.subarray(from - at, start + CLIP_SAMPLES - at), from - start);
    }
    while (begun.length > 0 && begun[0].start + CLIP_SAMPLES <= end) yield begun.shift()!.second;
    // what follows the last word is not read again
    if (begun.length === 0 && next === starts.length) return;
    at = end;
  }
  // the recording ends within these
  for (const { second } of begun) yield second;
}

import { setImmediate as otherWork } from 'node:timers/promises';

/**
 * Where samples come from: int16, mono, 16 kHz, in pieces of any size. Ends with the sound; a microphone's does not
 * end.
 */
export interface SampleSource extends AsyncIterable<Int16Array> {
  /** What it is, for people. */
  readonly name: string;
  /** Lets go of the device; the iteration ends. */
  close(): void;
}

/** Samples per piece of a recording that is in memory: a tenth of a second, as a microphone gives them. */
const PIECE_SAMPLES = 1600;
/** After so much of it everything else has its turn, signals among it: samples from memory never wait for anything. */
const TURN_SAMPLES = 100 * PIECE_SAMPLES;

/** A recording as a source, as fast as it is taken; `loop` begins it anew at its end. */
export function recordedSource(samples: Int16Array, name: string, loop = false): SampleSource {
  let closed = false;
  return {
    name,
    async *[Symbol.asyncIterator]() {
      let since = 0;
      do {
        for (let at = 0; at < samples.length && !closed; at += PIECE_SAMPLES) {
          if (since >= TURN_SAMPLES) {
            since = 0;
            await otherWork();
          }
          const piece = samples.subarray(at, at + PIECE_SAMPLES);
          since += piece.length;
          yield piece;
        }
      } while (loop && !closed && samples.length > 0);
    },
    close() {
      closed = true;
    },
  };
}

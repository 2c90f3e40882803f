import { setImmediate as otherWork } from 'node:timers/promises';

/**
 * A source of samples: int16, mono, 16 kHz, in pieces of any size. It ends when the sound ends; a microphone does not
 * end.
 */
export interface SampleSource extends AsyncIterable<Int16Array> {
  /** The name of the source in messages. */
  readonly name: string;
  /** Releases the device and ends the iteration. */
  close(): void;
}

/** Samples per piece of a recording in memory: a tenth of a second, as from a microphone. */
const PIECE_SAMPLES = 1600;
/** After this many samples, other work such as signals gets a turn: samples from memory never wait for anything. */
const TURN_SAMPLES = 100 * PIECE_SAMPLES;

/**
 * Returns a recording, in memory or in pieces, as a source that is as fast as its reader; `loop` starts it again at its
 * end.
 */
export function recordedSource(
  samples: Int16Array | (() => AsyncIterable<Int16Array>),
  name: string,
  loop = false,
): SampleSource {
  let closed = false;
  const pieces = samples instanceof Int16Array ? () => [samples] : samples;
  return {
    name,
    async *[Symbol.asyncIterator]() {
      let since = 0;
      let heard = 0;
      do {
        heard = 0;
        for await (const large of pieces()) {
          for (let at = 0; at < large.length && !closed; at += PIECE_SAMPLES) {
            if (since >= TURN_SAMPLES) {
              since = 0;
              await otherWork();
            }
            const piece = large.subarray(at, at + PIECE_SAMPLES);
            since += piece.length;
            heard += piece.length;
            yield piece;
          }
          if (closed) break;
        }
      } while (loop && !closed && heard > 0);
    },
    close() {
      closed = true;
    },
  };
}

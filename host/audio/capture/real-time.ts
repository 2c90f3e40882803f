import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { millisecondsOf } from '../../core/audio/index.js';
import type { SampleSource } from './source.js';

/** Pieces that are kept for a listener that is slower than the sound: ten seconds of a microphone. */
const MOST_PIECES = 100;
/** If the first piece is longer than this, it does not come from a microphone in real time. */
const LONGEST_PIECE_MS = 100;

/** Returns a source that gives the pieces of a recording in real time: each at the time of its last sample. */
export function inRealTime(source: SampleSource): SampleSource {
  return {
    name: source.name,
    async *[Symbol.asyncIterator]() {
      const begun = performance.now();
      let samples = 0;
      for await (const piece of source) {
        samples += piece.length;
        await wait(Math.max(0, begun + millisecondsOf(samples) - performance.now()));
        yield piece;
      }
    },
    close: () => source.close(),
  };
}

/**
 * Takes the pieces of a source as soon as they arrive, because a recorder does not wait for a slow listener. Keeps them
 * until the listener asks for them, and knows how far the listener is behind.
 */
export class LiveSource implements SampleSource {
  readonly name: string;
  private dueAt = Number.POSITIVE_INFINITY;

  constructor(private readonly source: SampleSource) {
    this.name = source.name;
  }

  /** How long ago the last piece that was given could be heard, in milliseconds. */
  get behindMs(): number {
    return Math.max(0, performance.now() - this.dueAt);
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Int16Array> {
    const arriving = Readable.from(stamped(this.source), { objectMode: true, highWaterMark: MOST_PIECES });
    let begun: number | undefined;
    let samples = 0;
    for await (const { piece, at } of arriving as AsyncIterable<Stamped>) {
      begun ??= at - Math.min(LONGEST_PIECE_MS, millisecondsOf(piece.length));
      samples += piece.length;
      // The arrival time counts, because the clock of a sound card may be fast or slow. Sound from a file, however,
      // arrives too early.
      this.dueAt = Math.max(at, begun + millisecondsOf(samples));
      yield piece;
    }
  }

  close(): void {
    this.source.close();
  }
}

interface Stamped {
  readonly piece: Int16Array;
  /** When the piece arrived. */
  readonly at: number;
}

async function* stamped(source: SampleSource): AsyncGenerator<Stamped> {
  for await (const piece of source) yield { piece, at: performance.now() };
}

import { Readable } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';
import { millisecondsOf } from '../../core/audio/index.js';
import type { SampleSource } from './source.js';

/** Pieces that are kept for a listener that is slower than the sound: ten seconds of a microphone's. */
const MOST_PIECES = 100;
/** A first piece longer than this does not come from a microphone as it is heard. */
const LONGEST_PIECE_MS = 100;

/** Gives the pieces of a recording when a microphone would: each when its last sample has been said. */
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
 * Takes the pieces of a source as soon as they come and keeps them until they are asked for: a recorder does not wait
 * for a slow listener, and how far the listener is behind can be told.
 */
export class LiveSource implements SampleSource {
  readonly name: string;
  private dueAt = Number.POSITIVE_INFINITY;

  constructor(private readonly source: SampleSource) {
    this.name = source.name;
  }

  /** How long ago the piece that was given last could be heard, milliseconds. */
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
      // by its arrival, so that the clock of a sound card may go its own pace; but sound from a file comes before its
      // time
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
  /** When it came. */
  readonly at: number;
}

async function* stamped(source: SampleSource): AsyncGenerator<Stamped> {
  for await (const piece of source) yield { piece, at: performance.now() };
}

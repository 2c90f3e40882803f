import type { ByteStream } from '../../host/core/protocol/index.js';
import { Random } from '../../host/core/random.js';

export interface LineFaults {
  readonly seed: number;
  /** Probability that a frame has a fault, 0 to 1. */
  rate: number;
  /** The longest delay of delayed bytes. */
  readonly delayMs: number;
}

const FAULTS = ['dropped', 'doubled', 'delayed', 'reordered', 'damaged'] as const;
type Fault = (typeof FAULTS)[number];

/** Cuts a stream into frames: each ends with the zero byte after its content. */
class Frames {
  private pending: number[] = [];

  push(bytes: Uint8Array): Uint8Array[] {
    const frames: Uint8Array[] = [];
    for (const byte of bytes) {
      this.pending.push(byte);
      if (byte !== 0 || this.pending.every((before) => before === 0)) continue;
      frames.push(Uint8Array.from(this.pending));
      this.pending = [];
    }
    return frames;
  }
}

/** One direction of the line. */
class FaultyDirection {
  private readonly frames = new Frames();
  private held: Uint8Array | null = null;
  readonly injected = new Map<Fault, number>();

  constructor(
    private readonly random: Random,
    private readonly faults: LineFaults,
    private readonly deliver: (bytes: Uint8Array) => void,
  ) {}

  push(bytes: Uint8Array): void {
    for (const frame of this.frames.push(bytes)) this.pass(frame);
  }

  private pass(frame: Uint8Array): void {
    if (this.random.uniform() >= this.faults.rate) {
      this.release(frame);
      return;
    }
    const fault = FAULTS[this.random.below(FAULTS.length)];
    this.injected.set(fault, (this.injected.get(fault) ?? 0) + 1);
    this[fault](frame);
  }

  /** Sends the bytes that were held back to be overtaken. */
  private release(frame: Uint8Array): void {
    const { held } = this;
    this.held = null;
    this.deliver(frame);
    if (held !== null) this.deliver(held);
  }

  /** The whole frame, or a run of its bytes. */
  private dropped(frame: Uint8Array): void {
    if (this.random.below(2) === 0) return;
    const [from, length] = [this.random.below(frame.length), 1 + this.random.below(8)];
    this.release(Uint8Array.from([...frame.subarray(0, from), ...frame.subarray(from + length)]));
  }

  /** The whole frame, or one of its bytes. */
  private doubled(frame: Uint8Array): void {
    if (this.random.below(2) === 0) {
      this.release(frame);
      this.deliver(frame);
      return;
    }
    const at = this.random.below(frame.length);
    this.release(Uint8Array.from([...frame.subarray(0, at + 1), ...frame.subarray(at)]));
  }

  private delayed(frame: Uint8Array): void {
    const wait = this.random.uniform() * this.faults.delayMs;
    setTimeout(() => this.deliver(frame), wait);
  }

  /** Lets the next frame overtake this one, or swaps two of its bytes. */
  private reordered(frame: Uint8Array): void {
    if (this.random.below(2) === 0) {
      if (this.held !== null) this.deliver(this.held);
      this.held = frame;
      return;
    }
    const swapped = frame.slice();
    const at = this.random.below(frame.length - 1);
    [swapped[at], swapped[at + 1]] = [swapped[at + 1], swapped[at]];
    this.release(swapped);
  }

  private damaged(frame: Uint8Array): void {
    const other = frame.slice();
    for (let k = 1 + this.random.below(4); k > 0; k--)
      other[this.random.below(frame.length)] ^= 1 + this.random.below(255);
    this.release(other);
  }
}

/** A line that drops, doubles, delays, reorders and damages bytes in both directions. */
export function faultyLine(inner: ByteStream, faults: LineFaults): ByteStream & { injected(): number } {
  const toBoard = new FaultyDirection(new Random(faults.seed, 1), faults, (bytes) => inner.write(bytes));
  const toHost = new FaultyDirection(new Random(faults.seed, 2), faults, (bytes) => line.onBytes(bytes));
  const line: ByteStream & { injected(): number } = {
    name: inner.name,
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => toBoard.push(bytes),
    close: () => inner.close(),
    injected: () => [...toBoard.injected.values(), ...toHost.injected.values()].reduce((sum, n) => sum + n, 0),
  };
  inner.onBytes = (bytes) => toHost.push(bytes);
  inner.onEnd = (reason) => line.onEnd(reason);
  return line;
}

import type { Socket } from 'node:net';

/** As many samples as wait here, before the sender waits. */
const MOST_SAMPLES = 16_000;
/** More than a board takes between two looks at the queue. */
const LEAST_SAMPLES = 64;

/** Samples that come over a socket, until a microphone hears them. */
export class SoundQueue {
  private pieces: Int16Array[] = [];
  private at = 0;
  private waiting = 0;
  private half: number | undefined;
  private paused = false;
  private ended = false;

  constructor(
    private readonly socket: Socket | undefined,
    private readonly arrived: () => void,
  ) {
    if (socket === undefined) this.ended = true;
    socket?.on('data', (bytes: Buffer) => this.put(bytes));
    socket?.on('close', () => {
      this.ended = true;
      arrived();
    });
  }

  /** Whether `next` has enough samples, or no more will come: after the last one, it returns silence. */
  get ready(): boolean {
    return this.waiting >= LEAST_SAMPLES || this.ended;
  }

  next(): number {
    const [first] = this.pieces;
    if (first === undefined) return 0;
    const sample = first[this.at++];
    this.waiting--;
    if (this.at === first.length) {
      this.pieces.shift();
      this.at = 0;
    }
    if (this.paused && this.waiting < MOST_SAMPLES / 2) this.pause(false);
    return sample;
  }

  private pause(paused: boolean): void {
    this.paused = paused;
    if (paused) this.socket?.pause();
    else this.socket?.resume();
  }

  private put(bytes: Buffer): void {
    const whole = this.half === undefined ? bytes : Buffer.concat([Buffer.of(this.half), bytes]);
    this.half = whole.length % 2 === 0 ? undefined : whole[whole.length - 1];
    const samples = Int16Array.from({ length: whole.length >> 1 }, (_, k) => whole.readInt16LE(2 * k));
    if (samples.length === 0) return;
    this.pieces.push(samples);
    this.waiting += samples.length;
    if (this.waiting > MOST_SAMPLES) this.pause(true);
    this.arrived();
  }
}

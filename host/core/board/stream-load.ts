import { FRAME_MS, SAMPLE_RATE_HZ } from '../audio/index.js';
import type { OperatingPoint } from '../quantization/index.js';

/** Weight of the newest request in the averages, which cover about a second. */
const NEWEST = 0.05;
/** The fraction of each second that a longer hop should leave free. */
const SPARE = 0.2;

/** Measures the load of a stream on a board by the time of its answers: line, front end, network and host. */
export class StreamLoad {
  /** Milliseconds that all answers took. */
  waitedMs = 0;
  private samples = 0;
  /** Average milliseconds per sample and per inference. */
  private sampleMs: number | undefined;
  private inferenceMs: number | undefined;

  /** Adds one answer. */
  add(samples: number, withResult: boolean, tookMs: number): void {
    const average = (before: number | undefined, now: number): number =>
      before === undefined ? now : before + NEWEST * (now - before);
    this.waitedMs += tookMs;
    this.samples += samples;
    if (withResult) {
      this.inferenceMs = average(this.inferenceMs, Math.max(0, tookMs - samples * (this.sampleMs ?? 0)));
    } else if (samples > 0) this.sampleMs = average(this.sampleMs, tookMs / samples);
  }

  /** Seconds that the board took for each second of sound, so far. */
  get secondsPerSecond(): number {
    return this.samples === 0 ? 0 : (this.waitedMs / 1000) * (SAMPLE_RATE_HZ / this.samples);
  }

  /** Predicts, from recent answers, the seconds per second of sound with an inference every `hopMs`. */
  foreseen(hopMs: number): number {
    return ((this.sampleMs ?? 0) * SAMPLE_RATE_HZ + (this.inferenceMs ?? 0) * (1000 / hopMs)) / 1000;
  }

  /** Returns the least hop with which the board would keep up easily and still detect words; null if there is none. */
  hopThatKeepsUp({ hop, average, minimumCount }: OperatingPoint): number | null {
    const averageMs = average * hop * FRAME_MS;
    for (let hopMs = (hop + 1) * FRAME_MS; minimumCount * hopMs <= averageMs; hopMs += FRAME_MS) {
      if (this.foreseen(hopMs) <= 1 - SPARE) return hopMs;
    }
    return null;
  }
}

import { performance } from 'node:perf_hooks';
import { type Detection, StreamDetector } from '../host/detection/index.js';
import { Kernel } from '../host/kernel/index.js';

/** What came of hours of a looped recording. */
export interface Endurance {
  readonly hours: number;
  readonly wallSeconds: number;
  /** Frames that the front end completed, and those in the samples that it was given. */
  readonly frames: number;
  readonly framesExpected: number;
  /** How far the last round's detections are from the first whole round's, less the rounds between them. */
  readonly driftSamples: number;
  /** Rounds whose detections were not those of the first whole one, word by word and sample by sample. */
  readonly differingRounds: number;
  /** Resident memory after each tenth of the time, the garbage collected where --expose-gc allows. */
  readonly rssMiB: readonly number[];
}

const RATE = 16_000;
/** A whole number of hops of every operating point below: each round is heard alike. */
const ROUND_SAMPLES = 640;
const PIECE_SAMPLES = 1000;

/** Loops a recording for `seconds` of its own time through front end and detector, as fast as it goes. */
export function endure(model: Uint8Array, recording: Int16Array, seconds: number): Endurance {
  const round = Math.floor(recording.length / ROUND_SAMPLES) * ROUND_SAMPLES;
  const kernel = Kernel.create(model);
  const point = { hopMs: 40, averageMs: 200, threshold: 0.4, minimumCount: 1, suppressionMs: 500 };
  const detector = new StreamDetector(kernel, { point });
  const total = seconds * RATE;
  const rssMiB: number[] = [];
  let first: Detection[] = [];
  let current: Detection[] = [];
  let [differingRounds, driftSamples, rounds] = [0, 0, 0];
  const began = performance.now();
  let pushed = 0;
  while (pushed < total) {
    for (let at = 0; at < round && pushed < total; at += PIECE_SAMPLES) {
      const piece = recording.subarray(at, Math.min(at + PIECE_SAMPLES, round, at + total - pushed));
      current.push(...detector.push(piece));
      pushed += piece.length;
      if (pushed >= (total * (rssMiB.length + 1)) / 10) {
        globalThis.gc?.();
        rssMiB.push(process.memoryUsage().rss / 2 ** 20);
      }
    }
    if (pushed >= total) break;
    // round 0 begins with a void, round 1 is the measure
    if (rounds === 1) first = current;
    if (rounds > 1) {
      const shift = (rounds - 1) * round;
      const alike = current.filter(
        ({ word, sample }, k) => word === first[k]?.word && sample - shift === first[k].sample,
      );
      if (alike.length !== first.length || current.length !== first.length) differingRounds++;
      if (current.length > 0 && first.length > 0) driftSamples = current[0].sample - shift - first[0].sample;
    }
    current = [];
    rounds++;
  }
  return {
    hours: seconds / 3600,
    wallSeconds: (performance.now() - began) / 1000,
    frames: kernel.framesReady,
    framesExpected: Math.floor((total - 512) / 320) + 1,
    driftSamples,
    differingRounds,
    rssMiB,
  };
}

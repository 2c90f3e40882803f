import { FRAME_MS } from '../audio/index.js';
import type { CompiledModule } from '../compiled-module.js';
import { operatingPointOf } from '../detection/index.js';
import { COEFFICIENTS } from '../features/index.js';
import { Kernel } from '../kernel/index.js';
import { encodeModel } from '../model/index.js';
import { ownHop, planNetwork } from '../network/index.js';
import { keywordIndices, type OperatingPoint, type QuantizedNetwork, thresholdAt } from '../quantization/index.js';
import type { CounterExamples, Stretches } from './counter-examples.js';

/** What is known of a wake word before anybody uses it. */
export interface WakeWordOutcome {
  readonly point: OperatingPoint;
  /** The fraction of altered copies of the held-out recordings that is missed; null if none were held out. */
  readonly missRate: number | null;
  /** Single words, and hours of speech, noise and music, in which false accepts were counted. */
  readonly otherWords: number;
  readonly ambientHours: number;
  /** False accepts in them with the thresholds of `point`. */
  readonly falseAccepts: { readonly words: number; readonly ambient: number };
}

/** int32 [inference][class] of a stretch of sound. */
type Scores = readonly Int32Array[];

/** Averages that are tried, in inferences. */
const AVERAGES = [1, 2, 3];
/** Milliseconds after a detection without another. */
const SUPPRESSION_MS = 750;
/** The false accepts an hour of speech or noise that a wake word is tuned for, and in an hour of single words. */
export const WAKE_WORD_RATE = 0.5;
/** Single words are said to a detector on purpose, more often than it hears them by chance. */
const DENSE = 4;
/** Rates of the curve, false accepts per hour. */
const RATES = [0.2, 0.5, 1, 2, 5, 10] as const;
/** An hour of talk in a room has about so many other words, as in the streams that networks are compared on. */
const WORDS_PER_HOUR = 500;
/** Where the tail of the false accepts begins. */
const MANY = 24;
/**
 * By how much the logarithm of the number falls for a log odds more: the least and the most that a few false accepts
 * may claim, and what is taken where there are fewer still. In an hour of validation sound it fell by 0.4 to 0.7.
 */
const FALL = { least: 0.2, usual: 0.5, most: 0.6 } as const;
/** The highest threshold that is tried, as log odds; the lowest is even odds, below which no word wins. */
const HIGHEST = 9;
const STEP = 0.25;

/** Runs a network over stretches of features, an inference every `hop` frames. */
function listen(kernel: Kernel, { features, count }: Pick<Stretches, 'features' | 'count'>, hop: number): Scores[] {
  const { frames } = kernel.network.spec.input;
  const length = features.length / count;
  return Array.from({ length: count }, (_, stretch) => {
    const of = features.subarray(stretch * length, (stretch + 1) * length);
    const scores: Int32Array[] = [];
    for (let first = 0; first + frames <= length / COEFFICIENTS; first += hop) {
      scores.push(kernel.infer(of.subarray(first * COEFFICIENTS, (first + frames) * COEFFICIENTS)).scores);
    }
    return scores;
  });
}

/** Returns the labels that are detected in each of the streams whose scores are known. */
function detections(kernel: Kernel, streams: readonly Scores[]): number[][] {
  return streams.map((scores) => {
    kernel.beginStream();
    return scores.map((some) => kernel.detect(some)).filter((label) => label >= 0);
  });
}

const total = (counts: readonly number[]): number => counts.reduce((sum, count) => sum + count, 0);

/**
 * Returns the log odds at which `wanted` false accepts are expected. In the tail of the scores of other words their
 * number falls exponentially with the log odds (peaks over threshold, Pickands 1975, with shape 0), so a line is fitted
 * to the logarithms of the counts: single false accepts decide less than if the threshold were put just above one.
 * Where nothing was accepted, it is as if one thing had been: so little sound proves no more.
 *
 * @param counts false accepts at k · `STEP`, falling
 */
export function oddsFor(counts: readonly number[], wanted: number): number {
  const tail = counts.flatMap((count, k) => (count >= 1 && count <= MANY ? [[k * STEP, Math.log(count)]] : []));
  if (counts[counts.length - 1] > MANY) return HIGHEST;
  if (tail.length === 0) tail.push([STEP * counts.findIndex((count) => count < 1), 0]);
  const mean = (at: 0 | 1): number => tail.reduce((sum, point) => sum + point[at], 0) / tail.length;
  const [x, y] = [mean(0), mean(1)];
  const across = tail.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0);
  const along = tail.reduce((sum, point) => sum + (point[0] - x) ** 2, 0);
  const fall = tail.length < 3 ? FALL.usual : Math.max(FALL.least, Math.min(FALL.most, -across / along));
  return Math.max(0, Math.min(HIGHEST, x + (y - Math.log(wanted)) / fall));
}

/**
 * Chooses how a wake word is detected: the average and the thresholds that keep the rate of false accepts in the
 * validation part of the counter-examples, in which other people speak. Of several averages, the one that misses fewest
 * altered copies of recordings that were held out.
 *
 * @param heldOut features of such copies, and the label of each
 * @param kernelModule dist/wasm/kernel.wasm, compiled
 */
export function tuneWakeWord(
  network: QuantizedNetwork,
  counterExamples: CounterExamples,
  heldOut: (Pick<Stretches, 'features' | 'count'> & { readonly labels: Int32Array }) | null,
  kernelModule: CompiledModule,
): WakeWordOutcome {
  const words = keywordIndices(network.labels);
  const hop = ownHop(planNetwork(network.spec))!;
  const kernel = Kernel.bind(encodeModel(network), kernelModule);
  const { words: said, speech, sound } = counterExamples.stretches.validation;
  const own = new Set(words.map((label) => network.labels[label]));
  const without = withoutWords(said, own);
  const heard = {
    words: listen(kernel, without, hop),
    ambient: [...listen(kernel, speech, hop), ...listen(kernel, sound, hop)],
  };
  const copies = heldOut === null ? null : listen(kernel, heldOut, hop);
  const hours = (streams: readonly Scores[]): number =>
    (total(streams.map(({ length }) => length)) * hop * FRAME_MS) / 3_600_000;
  const otherWords = total(without.words.map(({ length }) => length));
  /** The hours that as many words would take. */
  const wordHours = otherWords / WORDS_PER_HOUR;
  const ambientHours = hours(heard.ambient);

  const count = (streams: readonly Scores[]): number => detections(kernel, streams).flat().length;
  const countFalseAccepts = () => ({ words: count(heard.words), ambient: count(heard.ambient) });

  let best: { point: OperatingPoint; missRate: number; odds: number } | null = null;
  for (const average of AVERAGES) {
    const shape = operatingPointOf(network, {
      averageMs: average * hop * FRAME_MS,
      minimumCount: 1,
      suppressionMs: SUPPRESSION_MS,
    });
    kernel.detectWith(shape);
    const at = (odds: number): number[] =>
      shape.thresholds.map((threshold) => (threshold === 0 ? 0 : thresholdAt(odds)));
    const steps = Array.from({ length: HIGHEST / STEP + 1 }, (_, k) => k * STEP);
    const counts = steps.map((odds) => {
      kernel.setThresholds(at(odds));
      return countFalseAccepts();
    });
    const oddsAt = (rate: number): number =>
      Math.max(
        oddsFor(
          counts.map(({ words }) => words),
          DENSE * rate * wordHours,
        ),
        oddsFor(
          counts.map(({ ambient }) => ambient),
          rate * ambientHours,
        ),
      );
    const missed = (odds: number): number => {
      if (copies === null || heldOut === null) return 0;
      kernel.setThresholds(at(odds));
      const found = detections(kernel, copies);
      return found.filter((labels, k) => !labels.includes(heldOut.labels[k])).length / heldOut.count;
    };
    const odds = oddsAt(WAKE_WORD_RATE);
    const missRate = missed(odds);
    if (best !== null && best.missRate <= missRate) continue;
    const curve = RATES.map((rate) => ({
      falseAcceptsPerHour: rate,
      missRate: missed(oddsAt(rate)),
      thresholds: at(oddsAt(rate)),
    }));
    best = { point: { ...shape, thresholds: at(odds), curve }, missRate, odds };
  }
  const { point, missRate } = best!;
  kernel.detectWith(point);
  return {
    point,
    missRate: copies === null ? null : missRate,
    ...{ otherWords, ambientHours },
    falseAccepts: countFalseAccepts(),
  };
}

/** Leaves out the stretches in which one of the words is said. */
function withoutWords({ features, count, words }: Stretches, own: ReadonlySet<string>): Stretches {
  const kept = words.flatMap((placed, k) => (placed.some(({ word }) => own.has(word)) ? [] : [k]));
  const length = features.length / count;
  const copy = new Int8Array(kept.length * length);
  kept.forEach((k, to) => {
    copy.set(features.subarray(k * length, (k + 1) * length), to * length);
  });
  return { count: kept.length, features: copy, words: kept.map((k) => words[k]) };
}

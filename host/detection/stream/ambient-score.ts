import { CLIP_SAMPLES, millisecondsOf, samplesOfSeconds } from '../../core/audio/index.js';
import { type Interval, rateInterval } from '../../core/statistics/index.js';
import type { AmbientPlan, Played } from './ambient-plan.js';
import type { StreamAnswers } from './listen-threads.js';
import type { Replay } from './replay.js';

const SAMPLES_PER_HOUR = samplesOfSeconds(3600);

/** A word that was detected where nobody said it. */
export interface AmbientAccept {
  readonly word: string;
  /** The recording that was playing, and the time in it at which the word was detected. */
  readonly file: string;
  readonly timeMs: number;
  /** The average probability of the word, 0 to 1. */
  readonly score: number;
}

/** The results on all streams of one kind of sound. */
export interface AmbientOutcome {
  readonly kind: string;
  readonly files: number;
  /** With the pauses between recordings. */
  readonly hours: number;
  readonly falseAccepts: number;
  readonly falseAcceptsPerHour: number;
  /** The 95 % interval. */
  readonly falseAcceptsPerHourInterval: Interval;
  /** In the order of the files. */
  readonly accepts: readonly AmbientAccept[];
}

/** Streams of ambient sound, and the network's answers for them. */
export interface AmbientAnswers {
  readonly plans: readonly AmbientPlan[];
  readonly answers: readonly StreamAnswers[];
}

/**
 * Returns the recording of which most was heard in the second before a detection, which is what the network had in its
 * input. If there are two, the later one.
 */
function playedAt(played: readonly Played[], sample: number): Played {
  const heard = ({ at, samples }: Played): number =>
    Math.min(sample, at + samples) - Math.max(sample - CLIP_SAMPLES, at);
  return played.reduce((best, one) => (heard(one) >= heard(best) ? one : best));
}

/** Yields the false accepts of one stream. Every detection is one, because no keyword is said. */
function* acceptsIn(replay: Replay, stream: number, { played }: AmbientPlan): Generator<AmbientAccept> {
  for (const { word, score, sample } of replay.heardIn(stream)) {
    const { file, at, samples } = playedAt(played, sample);
    yield { word, file, timeMs: millisecondsOf(Math.min(sample - at, samples)), score };
  }
}

/** Returns the hours of each kind of sound. */
export function ambientHours(plans: readonly AmbientPlan[]): Map<string, number> {
  const hours = new Map<string, number>();
  for (const { kind, samples } of plans) hours.set(kind, (hours.get(kind) ?? 0) + samples / SAMPLES_PER_HOUR);
  return hours;
}

/** Returns the false accepts of each kind of sound with the operating point of `replay`, in the order of the plans. */
export function ambientOutcomes(replay: Replay, plans: readonly AmbientPlan[]): AmbientOutcome[] {
  return [...ambientHours(plans)].map(([kind, hours]) => {
    const streams = [...plans.keys()].filter((stream) => plans[stream].kind === kind);
    const accepts = streams.flatMap((stream) => [...acceptsIn(replay, stream, plans[stream])]);
    return {
      kind,
      files: streams.reduce((sum, stream) => sum + plans[stream].played.length, 0),
      hours,
      falseAccepts: accepts.length,
      falseAcceptsPerHour: accepts.length / hours,
      falseAcceptsPerHourInterval: rateInterval(accepts.length, hours),
      accepts,
    };
  });
}

/** Whether a budget applies to a kind of sound: isolated words are what dense streams already test. */
export const isBudgeted = (kind: string): boolean => kind !== 'words';

/**
 * Whether `replay` has at most `budget` false accepts an hour in each kind of sound that is budgeted. Listens no
 * further once one of them has more.
 */
export function keepsAmbientBudget(replay: Replay, plans: readonly AmbientPlan[], budget: number): boolean {
  const hours = ambientHours(plans);
  const counts = new Map<string, number>();
  for (const [stream, plan] of plans.entries()) {
    if (!isBudgeted(plan.kind)) continue;
    for (const _ of replay.heardIn(stream)) {
      const count = (counts.get(plan.kind) ?? 0) + 1;
      if (count > budget * hours.get(plan.kind)!) return false;
      counts.set(plan.kind, count);
    }
  }
  return true;
}

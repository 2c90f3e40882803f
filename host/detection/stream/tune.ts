import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { operatingPointOf } from '../../core/detection/index.js';
import { DetectionError } from '../../core/error.js';
import { encodeModel, isWasm } from '../../core/model/index.js';
import { inferencesPerAverage, type OperatingPoint, type QuantizedNetwork } from '../../core/quantization/index.js';
import { modelPath, readModel, writeModel } from '../../model/index.js';
import { writeFileAtomically } from '../../system/index.js';
import { type AmbientSource, hearAmbient } from './ambient-evaluate.js';
import { type AmbientOutcome, ambientOutcomes, keepsAmbientBudget } from './ambient-score.js';
import { answersTo } from './evaluate.js';
import { intervalsOf, type OutcomeIntervals } from './intervals.js';
import { prepareStreams, type StreamSource, soundsOf } from './prepare.js';
import { CURVE_THRESHOLDS, type CurvePoint, type StreamOutcome, StreamScorer } from './score.js';

export interface TuneOptions extends Omit<StreamSource, 'split'>, Partial<Pick<AmbientSource, 'ambient' | 'except'>> {
  /** Path of a model.spkw. */
  readonly model: string;
  /** Path for the model with its operating point; default: in place. */
  readonly out?: string;
  /** Default: that of the network, or 40. */
  readonly hopMs?: number;
  /** The highest number of false accepts allowed per hour. */
  readonly budget: number;
  /** The same for each kind of ambient sound except isolated words; default: 1. */
  readonly ambientBudget?: number;
  readonly threads?: number;
}

export interface TuneResult {
  readonly model: string;
  readonly out: string;
  readonly budget: number;
  readonly snrDb: readonly number[];
  readonly seed: number;
  readonly point: OperatingPoint;
  /** The results of the point on the streams that it was chosen with. */
  readonly validation: Omit<StreamOutcome, 'perLabel'> & OutcomeIntervals;
  /** The results of the point on ambient sound, if there was any. */
  readonly ambient?: { readonly budget: number; readonly excepted: number; readonly kinds: readonly AmbientOutcome[] };
  /** Results for each threshold, with everything else as in `point`. */
  readonly curve: readonly CurvePoint[];
  /** Number of points that were tried. */
  readonly tried: number;
}

/** The values that are tried, each with every threshold of the curve. */
const AVERAGES_MS = [100, 200, 300, 400, 500, 700, 1000];
const COUNTS = [1, 3];
const SUPPRESSIONS_MS = [750, 1500];

interface Candidate {
  readonly point: OperatingPoint;
  readonly outcome: StreamOutcome;
}

/** Returns whether the first has fewer misses, or if equal fewer false accepts, or if equal a shorter latency. */
function isBetter({ outcome: a }: Candidate, { outcome: b }: Candidate): boolean {
  if (a.hits !== b.hits) return a.hits > b.hits;
  if (a.falseAccepts !== b.falseAccepts) return a.falseAccepts < b.falseAccepts;
  return (a.latencyMs?.median ?? Infinity) < (b.latencyMs?.median ?? Infinity);
}

/**
 * Chooses the operating point of a model. It runs the model over streams of the validation split and tries every
 * combination of average, count, suppression and threshold. It takes the one with the fewest misses within the budgets
 * of false accepts, in these streams and in each kind of ambient sound. It writes the model with that point, and the
 * module next to it if there is one. Throws what `evaluateStreams` and `evaluateAmbient` throw, and `DetectionError`
 * for a module, or if nothing is detected within the budgets.
 */
export async function tuneModel(options: TuneOptions): Promise<TuneResult> {
  const { content, network } = readModel(options.model);
  if (isWasm(content))
    throw new DetectionError(`${options.model}: is a WebAssembly module; tune the .spkw file next to it`);
  const { hopMs } = operatingPointOf({ spec: network.spec }, { hopMs: options.hopMs, averageMs: 0, minimumCount: 1 });
  const prepared = await prepareStreams(network.labels, { ...options, split: 'validation' });
  try {
    const answers = await answersTo(soundsOf(prepared), content, hopMs, options);
    const { ambient, ambientBudget = 1 } = options;
    const heard =
      ambient === undefined ? null : await hearAmbient(content, hopMs, { ...options, ambient, split: 'validation' });
    let best: Candidate | null = null;
    let tried = 0;
    const bar = options.stage?.('trying averages', AVERAGES_MS.length);
    for (const [k, averageMs] of AVERAGES_MS.entries()) {
      const scorer = new StreamScorer(network.labels, prepared.plans, answers, { hopMs, averageMs });
      for (const point of pointsWith(hopMs, averageMs)) {
        const candidate = { point, outcome: scorer.outcome(point) };
        tried++;
        if (candidate.outcome.falseAcceptsPerHour > options.budget) continue;
        if (best !== null && !isBetter(candidate, best)) continue;
        if (heard === null || keepsAmbientBudget(heard, network.labels, point, ambientBudget)) best = candidate;
      }
      bar?.update(k + 1);
      // handle signals and draw the bar
      await otherWork();
    }
    bar?.stop();
    if (best === null || best.outcome.hits === 0) {
      const [also, otherOption] =
        heard === null ? ['', ''] : [`, and ${ambientBudget} in ambient sound`, ' or --ambient-false-accepts'];
      throw new DetectionError(
        `${options.model}: detects nothing at ${options.budget} false accepts per hour or less${also} (allow more with --false-accepts${otherOption})`,
      );
    }
    const { point, outcome } = best;
    const out = options.out ?? modelPath(options.model);
    writeTuned(out, { ...network, detection: point });
    const { perLabel: _, ...totals } = outcome;
    const validation = { ...totals, ...intervalsOf(totals) };
    const curve = new StreamScorer(network.labels, prepared.plans, answers, point).curve(point);
    const { model, budget, snrDb, seed } = options;
    const result = { model, out, budget, snrDb, seed, point, validation, curve, tried };
    if (heard === null) return result;
    const kinds = ambientOutcomes(heard, network.labels, point);
    return { ...result, ambient: { budget: ambientBudget, excepted: heard.folder.excepted, kinds } };
  } finally {
    prepared.pack.close();
  }
}

/** Writes the model, and rebuilds the .wasm next to it if there is one, so that both detect the same. */
function writeTuned(out: string, network: QuantizedNetwork): void {
  const hasModule = out.endsWith('.spkw') && existsSync(out.replace(/\.spkw$/, '.wasm'));
  if (hasModule) writeModel(network, dirname(out), basename(out, '.spkw'));
  else writeFileAtomically(out, encodeModel(network));
}

function pointsWith(hopMs: number, averageMs: number): OperatingPoint[] {
  const counts = COUNTS.filter((count) => count <= inferencesPerAverage({ hopMs, averageMs }));
  return counts.flatMap((minimumCount) =>
    SUPPRESSIONS_MS.flatMap((suppressionMs) =>
      CURVE_THRESHOLDS.map((threshold) => ({ hopMs, averageMs, threshold, minimumCount, suppressionMs })),
    ),
  );
}

import { existsSync } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setImmediate as otherWork } from 'node:timers/promises';
import { FRAME_MS } from '../../core/audio/index.js';
import { detectedWords, operatingPointOf } from '../../core/detection/index.js';
import { DetectionError } from '../../core/error.js';
import { encodeModel, isWasm } from '../../core/model/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../../core/quantization/index.js';
import { modelPath, openKernel, readModel, writeModel } from '../../model/index.js';
import { writeFileAtomically } from '../../system/index.js';
import { answersTo } from './evaluate.js';
import { prepareStreams, type StreamSource } from './prepare.js';
import { CURVE_THRESHOLDS, type CurvePoint, type StreamOutcome, StreamScorer, sameFor } from './score.js';

export interface TuneOptions extends Omit<StreamSource, 'split'> {
  /** Path of a model.spkw. */
  readonly model: string;
  /** Path for the model with its operating point; default: in place. */
  readonly out?: string;
  /** Default: that of the network, or 40. */
  readonly hopMs?: number;
  /** The highest number of false accepts allowed per hour. */
  readonly budget: number;
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
  readonly validation: Omit<StreamOutcome, 'perLabel'>;
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
 * combination of average, count, suppression and threshold. It takes the one with the fewest misses within the budget
 * of false accepts, and writes the model with it, and the module next to it if there is one. Throws what
 * `evaluateStreams` throws, and `DetectionError` for a module, or if nothing is detected within the budget.
 */
export async function tuneModel(options: TuneOptions): Promise<TuneResult> {
  const { content, network } = readModel(options.model);
  if (isWasm(content))
    throw new DetectionError(`${options.model}: is a WebAssembly module; tune the .spkw file next to it`);
  const untuned: QuantizedNetwork = { ...network, detection: undefined };
  const first = operatingPointOf(untuned, { hopMs: options.hopMs, averageMs: 0, minimumCount: 1 });
  const { hop } = first;
  const prepared = await prepareStreams(detectedWords(network.labels, first), { ...options, split: 'validation' });
  try {
    const answers = await answersTo(prepared, content, hop, options);
    let best: Candidate | null = null;
    let tried = 0;
    const bar = options.stage?.('trying averages', AVERAGES_MS.length);
    const scorer = new StreamScorer(openKernel(content), prepared.plans, answers);
    for (const [k, averageMs] of AVERAGES_MS.entries()) {
      for (const minimumCount of countsWithin(averageMs, hop)) {
        for (const suppressionMs of SUPPRESSIONS_MS) {
          const shape = operatingPointOf(untuned, { hopMs: hop * FRAME_MS, averageMs, minimumCount, suppressionMs });
          scorer.use(shape);
          for (const threshold of CURVE_THRESHOLDS) {
            const point = { ...shape, thresholds: sameFor(shape.thresholds, threshold) };
            const candidate = { point, outcome: scorer.outcome(point.thresholds) };
            tried++;
            if (candidate.outcome.falseAcceptsPerHour > options.budget) continue;
            if (best === null || isBetter(candidate, best)) best = candidate;
          }
        }
      }
      bar?.update(k + 1);
      // handle signals and draw the bar
      await otherWork();
    }
    bar?.stop();
    if (best === null || best.outcome.hits === 0) {
      throw new DetectionError(
        `${options.model}: detects nothing at ${options.budget} false accepts per hour or less (allow more with --false-accepts)`,
      );
    }
    const { point, outcome } = best;
    const out = options.out ?? modelPath(options.model);
    writeTuned(out, { ...network, detection: point });
    const { perLabel: _, ...validation } = outcome;
    scorer.use(point);
    const curve = scorer.curve(point.thresholds);
    const { model, budget, snrDb, seed } = options;
    return { model, out, budget, snrDb, seed, point, validation, curve, tried };
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

/** The counts that are possible with the inferences in a time. */
function countsWithin(averageMs: number, hop: number): number[] {
  return COUNTS.filter((count) => count <= Math.max(1, averageMs / (hop * FRAME_MS)));
}

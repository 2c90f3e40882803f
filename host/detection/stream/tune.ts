import { setImmediate as otherWork } from 'node:timers/promises';
import { FRAME_MS } from '../../core/audio/index.js';
import { detectedWords, operatingPointOf } from '../../core/detection/index.js';
import { DetectionError } from '../../core/error.js';
import { isWasm } from '../../core/model/index.js';
import { factorOf, type OperatingPoint, type QuantizedNetwork } from '../../core/quantization/index.js';
import { modelPath, openKernel, readModel, rewriteModel } from '../../model/index.js';
import { type AmbientSource, hearAmbient } from './ambient-evaluate.js';
import { type AmbientOutcome, ambientOutcomes, keepsAmbientBudget } from './ambient-score.js';
import { averageMisses, bestWithin, type Choice, chooseThresholds, operatingCurve } from './choose.js';
import { answersTo, figuresOf, type StreamFigures } from './evaluate.js';
import { prepareStreams, type StreamSource, soundsOf } from './prepare.js';
import { Replay } from './replay.js';
import { StreamScorer } from './score.js';

export interface TuneOptions extends Omit<StreamSource, 'split'>, Partial<Pick<AmbientSource, 'ambient' | 'except'>> {
  /** Path of a model.spkw. */
  readonly model: string;
  /** Path for the model with its operating point; default: in place. */
  readonly out?: string;
  /** Default: that of the network, or 40. */
  readonly hopMs?: number;
  /** The words that are detected; all others count as other words. Default: all words of the model. */
  readonly words?: readonly string[];
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
  /** With its operating curve. */
  readonly point: OperatingPoint;
  /** The temperature that the probabilities are softened with. */
  readonly temperature: number;
  /** See `Choice`. */
  readonly ratio: number | null;
  /** The results of the point on the streams that it was chosen with. */
  readonly validation: StreamFigures;
  /** The results of the point on ambient sound, if there was any. */
  readonly ambient?: { readonly budget: number; readonly excepted: number; readonly kinds: readonly AmbientOutcome[] };
  /** Number of points that were tried. */
  readonly tried: number;
}

/** The shapes of operating points that are tried, each with thresholds from eager to strict. */
const AVERAGES_MS = [80, 160, 240, 320, 480, 640];
const TEMPERATURES = [1, 2, 4];
const COUNTS = [1, 2];
const SUPPRESSION_MS = 750;
/** Distance of the thresholds while shapes are compared, as a log odds ratio. */
const COARSE_STEP = 0.35;
/** The rates at which shapes are compared. */
const COMPARED_RATES = [1, 2, 5, 10];
/** A word should be detected this soon after its end, in the median. */
const LATEST_MS = 300;

interface Shape {
  readonly point: OperatingPoint;
  readonly temperature: number;
}

/** Everything but the thresholds, for all that is tried. */
function shapesFor(untuned: QuantizedNetwork, hop: number, words?: readonly string[]): Shape[] {
  const hopMs = hop * FRAME_MS;
  // a hop of 80 ms makes several times one average
  const averages = new Map<number, number>();
  for (const averageMs of AVERAGES_MS) averages.set(Math.max(1, Math.floor(averageMs / hopMs)), averageMs);
  return [...averages].flatMap(([average, averageMs]) =>
    TEMPERATURES.flatMap((temperature) =>
      COUNTS.filter((count) => count <= average).map((minimumCount) => {
        const changes = { hopMs, averageMs, minimumCount, suppressionMs: SUPPRESSION_MS, words };
        const factor = factorOf(untuned.classifier.scale, temperature);
        return { temperature, point: { ...operatingPointOf(untuned, changes), factor } };
      }),
    ),
  );
}

/**
 * Chooses the operating point of a model, on streams of the validation split. First the average, the temperature and
 * the count with the fewest misses at several rates of false accepts, then thresholds for each word
 * (`chooseThresholds`) and the operating curve. The model's own thresholds are those with the fewest misses within the
 * budgets of false accepts, in these streams and in each kind of ambient sound. It writes the model, and the module
 * next to it if there is one. Throws what `evaluateStreams` and `evaluateAmbient` throw, and `DetectionError` for a
 * module, or if nothing is detected within the budgets.
 */
export async function tuneModel(options: TuneOptions): Promise<TuneResult> {
  const { content, network } = readModel(options.model);
  if (isWasm(content))
    throw new DetectionError(`${options.model}: is a WebAssembly module; tune the .spkw file next to it`);
  const untuned: QuantizedNetwork = { ...network, detection: undefined };
  const { hopMs, words } = options;
  const first = operatingPointOf(untuned, { hopMs, words, averageMs: 0, minimumCount: 1 });
  const { hop } = first;
  const source = { ...options, split: 'validation' } as const;
  const keywords = detectedWords(network.labels, first);
  const prepared = await prepareStreams(keywords, source, { halves: true });
  try {
    const answers = await answersTo(soundsOf(prepared), content, hop, options);
    const { ambient, ambientBudget = 1 } = options;
    const heard = ambient === undefined ? null : await hearAmbient(content, hop, { ...source, ambient });
    const replay = new Replay(openKernel(content), answers);
    const scorer = new StreamScorer(replay, prepared.plans);
    const shapes = shapesFor(untuned, hop, words);
    const { point: shape, temperature } = await bestShape(replay, scorer, shapes, options);
    replay.use(shape);
    const choice = chooseThresholds(scorer, shape.thresholds, prepared.parts);
    const ambientReplay = heard && new Replay(openKernel(content), heard.answers);
    ambientReplay?.use(shape);
    const chosen = withinBudgets(choice, options.budget, (thresholds) => {
      ambientReplay?.setThresholds(thresholds);
      return ambientReplay === null || keepsAmbientBudget(ambientReplay, heard!.plans, ambientBudget);
    });
    if (chosen < 0 || choice.tried.outcomes[chosen].hits === 0) {
      const [also, otherOption] =
        heard === null ? ['', ''] : [`, and ${ambientBudget} in ambient sound`, ' or --ambient-false-accepts'];
      throw new DetectionError(
        `${options.model}: detects nothing at ${options.budget} false accepts per hour or less${also} (allow more with --false-accepts${otherOption})`,
      );
    }
    const thresholds = choice.tried.thresholds[chosen];
    const point: OperatingPoint = { ...shape, thresholds, curve: operatingCurve(choice) };
    const out = options.out ?? modelPath(options.model);
    rewriteModel(out, { ...network, detection: point });
    const validation = figuresOf(choice.tried.outcomes[chosen], prepared, keywords);
    const { model, budget, snrDb, seed } = options;
    const tried = shapes.length;
    const result = { model, out, budget, snrDb, seed, point, temperature, ratio: choice.ratio, validation, tried };
    if (heard === null || ambientReplay === null) return result;
    ambientReplay.setThresholds(thresholds);
    const kinds = ambientOutcomes(ambientReplay, heard.plans);
    return { ...result, ambient: { budget: ambientBudget, excepted: heard.folder.excepted, kinds } };
  } finally {
    prepared.pack.close();
  }
}

/** Returns the shape with the fewest misses among those that detect soon enough, or among all if none does. */
async function bestShape(
  replay: Replay,
  scorer: StreamScorer,
  shapes: readonly Shape[],
  { stage, budget }: TuneOptions,
): Promise<Shape> {
  const bar = stage?.('trying averages', shapes.length);
  let best: { shape: Shape; late: boolean; misses: number } | null = null;
  for (const [k, shape] of shapes.entries()) {
    replay.use(shape.point);
    const tried = scorer.sweep(shape.point.thresholds, undefined, COARSE_STEP);
    const at = bestWithin(tried, budget);
    const late = at < 0 || (tried.outcomes[at].latencyMs?.median ?? 0) > LATEST_MS;
    const misses = averageMisses(tried, COMPARED_RATES);
    if (best === null || (late === best.late ? misses < best.misses : best.late)) best = { shape, late, misses };
    bar?.update(k + 1);
    // handle signals and draw the bar
    await otherWork();
  }
  bar?.stop();
  return best!.shape;
}

/**
 * Returns the index of the thresholds with the fewest misses within the budget, tightened by the ratio, that keep the
 * budget of ambient sound too; −1 if there are none.
 */
function withinBudgets(
  { tried, ratio }: Choice,
  budget: number,
  keepsAmbient: (thresholds: readonly number[]) => boolean,
): number {
  const rate = budget / Math.max(1, ratio ?? 1);
  const within = [...tried.outcomes.keys()].filter((k) => tried.outcomes[k].falseAcceptsPerHour <= rate);
  within.sort((a, b) => tried.outcomes[b].hits - tried.outcomes[a].hits || b - a);
  return within.find((k) => keepsAmbient(tried.thresholds[k])) ?? -1;
}

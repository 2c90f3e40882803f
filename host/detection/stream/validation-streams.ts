import { FRAME_MS } from '../../core/audio/index.js';
import { operatingPointOf } from '../../core/detection/index.js';
import { encodeModel } from '../../core/model/index.js';
import { ownHop, planNetwork } from '../../core/network/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../../core/quantization/index.js';
import type { Stage } from '../../core/stage.js';
import { type AmbientFolder, hasSplit, openDataset } from '../../dataset/index.js';
import { openKernel } from '../../model/index.js';
import { prepareAmbient } from './ambient-evaluate.js';
import { ambientHours, isBudgeted } from './ambient-score.js';
import { answersTo } from './evaluate.js';
import { audibleNoises, prepareStreams, soundsOf } from './prepare.js';
import { Replay } from './replay.js';
import { type StreamOutcome, StreamScorer } from './score.js';
import type { AmbientSounds, DenseSounds, StreamSounds } from './sounds.js';

// Compares networks by what they miss in streams, quickly enough to do so after every epoch of a training.

/** The streams on which networks are compared. They do not change, so they are planned and decoded once. */
export interface ValidationStreams {
  readonly dense: DenseSounds;
  /** One for each folder of ambient sound that has a part for validation, without isolated words. */
  readonly ambient: readonly (AmbientSounds & { readonly folder: AmbientFolder })[];
}

export interface ValidationSource {
  /** Folder of recordings. */
  readonly data: string;
  /** Folders of ambient sound. */
  readonly ambient?: readonly string[];
  /** Converts recordings at other sample rates instead of refusing them. */
  readonly resample?: boolean;
  readonly stage?: Stage;
}

/** Not the seed of a training: networks that were trained with different seeds hear the same streams. */
const SEED = 0xbe57;
const SNR_DB = [10, 30];
/** A few clips make short streams: each clip of a keyword is played about twice, and there are about 500 an hour. */
const MOST_HOURS = 1;
const PLAYED = 2;
const KEYWORDS_PER_HOUR = 500;

/** A detector that suits most networks; `tune` finds the best one for each, which takes longer. */
const DETECTOR = { averageMs: 160, threshold: 0.5, minimumCount: 1, suppressionMs: 750 };
/** The hop of networks that classify clips. Those that listen have a hop of their own, which is as long. */
const HOP_MS = 80;
/** Distance of the thresholds that are tried, as a log odds ratio. */
const STEP = 0.25;

/**
 * The rates at which networks are compared: false accepts an hour in dense streams, and the same in ambient sound. With
 * fewer there, an hour of sound would allow none, and a single recording would decide.
 */
const RATES = [2, 5, 10];
/**
 * Plans and decodes the streams for comparing networks. Dense streams are made from the validation split, and ambient
 * streams from the validation part of each folder that has one. Returns null if the split has no background noise that
 * can be heard. Throws what `prepareStreams` throws.
 *
 * @param keywords the words to detect with their labels
 */
export async function prepareValidationStreams(
  keywords: ReadonlyMap<string, number>,
  { data, ambient = [], resample, stage }: ValidationSource,
): Promise<ValidationStreams | null> {
  const source = { data, split: 'validation', seed: SEED, resample, stage } as const;
  const dataset = openDataset(data);
  if ((await audibleNoises(dataset, source)).length === 0) return null;
  const clips = dataset.clips.filter(({ split, word }) => split === source.split && keywords.has(word)).length;
  const hours = Math.min(MOST_HOURS, (PLAYED * clips) / KEYWORDS_PER_HOUR);
  const prepared = await prepareStreams(keywords, { ...source, hours, snrDb: SNR_DB });
  // threads open the file themselves
  prepared.pack.close();
  const heard: (AmbientSounds & { folder: AmbientFolder })[] = [];
  for (const folder of ambient.filter((root) => hasSplit(root, source.split))) {
    const { plans, ...sounds } = await prepareAmbient({ ...source, ambient: folder });
    heard.push({ ...sounds, plans: plans.filter(({ kind }) => isBudgeted(kind)) });
  }
  return { dense: soundsOf(prepared), ambient: heard };
}

/**
 * Returns the fraction of keywords that are missed with at most 2, 5 and 10 false accepts an hour in dense streams and
 * as many in ambient sound, on average; 1 for a rate that no thresholds keep.
 *
 * @param outcomes on dense streams, one for each choice of thresholds
 * @param ambientPerHour false accepts an hour in ambient sound with the same thresholds; null if there is no such sound
 */
export function missesWithinBudgets(
  outcomes: readonly Pick<StreamOutcome, 'missRate' | 'falseAcceptsPerHour'>[],
  ambientPerHour: readonly number[] | null,
): number {
  const fewest = RATES.map((rate) => {
    const within = outcomes.filter(
      ({ falseAcceptsPerHour }, k) =>
        falseAcceptsPerHour <= rate && (ambientPerHour === null || ambientPerHour[k] <= rate),
    );
    return Math.min(1, ...within.map(({ missRate }) => missRate));
  });
  return fewest.reduce((sum, missRate) => sum + missRate, 0) / RATES.length;
}

/**
 * Runs the integer kernel over the streams and returns what the network misses (`missesWithinBudgets`) if one threshold
 * for all words moves and everything else of the detector is fixed. The number of threads does not change the result.
 */
export async function missRateOnStreams(
  network: QuantizedNetwork,
  streams: ValidationStreams,
  options: ListenOptions = {},
): Promise<number> {
  const point = comparisonPoint(network);
  const { scorer, heard } = await hear(network, streams, point, options);
  return missesOf(scorer, heard, point.thresholds);
}

/** What a network does in validation streams. */
export interface StreamFigures {
  /** The fraction of words missed, and false accepts an hour, with the thresholds of an operating point. */
  readonly missRate: number;
  readonly falseAcceptsPerHour: number;
  /** The same in ambient sound; null if there is none. */
  readonly ambientPerHour: number | null;
  /** The fraction missed if these thresholds move together, within the budgets (`missesWithinBudgets`). */
  readonly missesAtFewFalseAccepts: number;
}

/** Returns what a network does in the streams with an operating point. The number of threads does not change it. */
export async function figuresOnStreams(
  network: QuantizedNetwork,
  streams: ValidationStreams,
  point: OperatingPoint,
  options: ListenOptions = {},
): Promise<StreamFigures> {
  const { scorer, heard } = await hear(network, streams, point, options);
  const { missRate, falseAcceptsPerHour } = scorer.outcome(point.thresholds);
  return {
    missRate,
    falseAcceptsPerHour,
    ambientPerHour: ambientRates(heard, [point.thresholds])?.[0] ?? null,
    missesAtFewFalseAccepts: missesOf(scorer, heard, point.thresholds),
  };
}

/** The operating point with which networks are compared. */
export function comparisonPoint(network: QuantizedNetwork): OperatingPoint {
  const hopMs = (ownHop(planNetwork(network.spec)) ?? HOP_MS / FRAME_MS) * FRAME_MS;
  return operatingPointOf({ ...network, detection: undefined }, { ...DETECTOR, hopMs });
}

interface ListenOptions {
  readonly threads?: number;
  readonly stage?: Stage;
}

/** Lets a network listen to the streams. */
async function hear(
  network: QuantizedNetwork,
  { dense, ambient }: ValidationStreams,
  point: OperatingPoint,
  options: ListenOptions,
): Promise<{ scorer: StreamScorer; heard: AmbientReplay[] }> {
  const model = encodeModel(network);
  const listen = async (sounds: StreamSounds): Promise<Replay> => {
    const replay = new Replay(openKernel(model), await answersTo(sounds, model, point.hop, options));
    replay.use(point);
    return replay;
  };
  const scorer = new StreamScorer(await listen(dense), dense.plans);
  const heard: AmbientReplay[] = [];
  for (const sounds of ambient) heard.push({ replay: await listen(sounds), plans: sounds.plans });
  return { scorer, heard };
}

/** Streams of ambient sound that a network has heard. */
interface AmbientReplay extends Pick<AmbientSounds, 'plans'> {
  readonly replay: Replay;
}

/** Moves thresholds from eager to strict, and returns what is missed within the budgets (`missesWithinBudgets`). */
export function missesOf(scorer: StreamScorer, heard: readonly AmbientReplay[], base: readonly number[]): number {
  const { thresholds, outcomes } = scorer.sweep(base, undefined, STEP);
  return missesWithinBudgets(outcomes, ambientRates(heard, thresholds));
}

/** Returns the false accepts an hour in all ambient sound with each of these thresholds; null if there is no sound. */
function ambientRates(
  heard: readonly AmbientReplay[],
  thresholds: readonly (readonly number[])[],
): readonly number[] | null {
  const hoursOf = ({ plans }: AmbientReplay): number =>
    [...ambientHours(plans).values()].reduce((sum, hours) => sum + hours, 0);
  const hours = heard.reduce((sum, one) => sum + hoursOf(one), 0);
  if (hours === 0) return null;
  return thresholds.map((some) => {
    let accepts = 0;
    for (const { replay, plans } of heard) {
      replay.setThresholds(some);
      for (const stream of plans.keys()) accepts += [...replay.heardIn(stream)].length;
    }
    return accepts / hours;
  });
}

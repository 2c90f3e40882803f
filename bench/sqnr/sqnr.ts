import { type LearningSettings, learnThresholds } from './learn.js';
import { overTimesteps, spikeCount } from './neuron.js';
import { demandedSpikes, infeasibleTimesteps, printedThresholds, thresholdsFromPoints } from './quantization-points.js';
import { measuredPoints, type NeuronQuantizer, signalToQuantizationNoise } from './quantizer.js';

/** σ of the input, T and the optimiser, as in section 3.3 of the paper. */
export const SQNR_SETTINGS = {
  deviation: 0.1,
  timesteps: 4,
  initialThreshold: 1,
  learningRate: 1e-3,
  steps: 4000,
  batch: 1024,
  // A wide surrogate can start from a threshold ten deviations away; a narrow one has almost no bias at the end.
  surrogateSlope: [8, 30],
} as const;

export interface QuantizerResult {
  readonly thresholds: readonly number[];
  readonly amplitude: number;
  /** SQNR on the positive half of the input. */
  readonly sqnrDb: number;
  /** The smallest inputs that give T, …, 1 spikes. */
  readonly points: readonly number[];
}

export interface LearnedResult extends QuantizerResult {
  /** Mean threshold, every `COURSE_INTERVAL_STEPS`. */
  readonly course: readonly number[];
}

/** The thresholds that one formula gives for a set of quantisation points, and how the neuron behaves with them. */
export interface Solution {
  readonly thresholds: readonly number[];
  /** Points that the neuron really has. */
  readonly measuredPoints: readonly number[];
  /** Inputs [from, to) for which the number of spikes is not the demanded one, with both numbers. */
  readonly failures: readonly { from: number; to: number; spikes: number; demanded: number }[];
}

export interface PointsResult {
  readonly points: readonly number[];
  readonly printed: Solution;
  readonly general: Solution;
  /**
   * Timesteps at which t·p_t ≥ Vth(t) does not hold: no thresholds give these points in the published order of spikes.
   */
  readonly infeasibleTimesteps: readonly number[];
}

export interface SqnrReport {
  readonly seed: number;
  readonly settings: Omit<LearningSettings, 'neuron' | 'amplitude' | 'seed'>;
  /** Vth = 1 at T = 4. */
  readonly fixed: QuantizerResult;
  readonly fixedByTimesteps: readonly { timesteps: number; sqnrDb: number }[];
  /** The smallest T at which Vth = 1 reaches the ratio of the learned threshold; null if no measured T does. */
  readonly fixedTimestepsToMatch: number | null;
  /** One learned threshold. */
  readonly uniform: LearnedResult;
  /** One learned threshold per timestep; the amplitude is their mean, as in the networks. */
  readonly perTimestep: LearnedResult;
  /** The same two with a separately learned amplitude, which the weights of the next layer can provide. */
  readonly uniformFreeAmplitude: LearnedResult;
  readonly perTimestepFreeAmplitude: LearnedResult;
  readonly gainByLearningDb: number;
  readonly gainPerTimestepDb: number;
  readonly gainPerTimestepFreeAmplitudeDb: number;
  /** Eq. 19 as printed, compared with the general solution. */
  readonly equation19: { readonly uniformPoints: PointsResult; readonly optimalPoints: PointsResult };
}

/** Found by a direct search over quantisers with T = 4, one amplitude and σ = 0.1: half a step, then whole steps. */
const OPTIMAL_POINTS = [0.187, 0.134, 0.081, 0.027] as const;
const MOST_TIMESTEPS = 24;

/** Measures the gain of learning the threshold of one neuron (sections 3.3 and 3.4 of the paper). Takes seconds. */
export function sqnrExperiment(options: { readonly seed: number }): SqnrReport {
  const { deviation, timesteps } = SQNR_SETTINGS;
  const kinds = [
    ['atif-u', 'thresholds'],
    ['atif-nu', 'thresholds'],
    ['atif-u', 'learned'],
    ['atif-nu', 'learned'],
  ] as const;
  const [uniform, perTimestep, uniformFree, perTimestepFree] = kinds.map(([neuron, amplitude]) => {
    const learned = learnThresholds({ ...SQNR_SETTINGS, neuron, amplitude, seed: options.seed });
    return { ...measure(learned), course: learned.course };
  });
  const fixedByTimesteps = Array.from({ length: MOST_TIMESTEPS }, (_, k) => ({
    timesteps: k + 1,
    sqnrDb: signalToQuantizationNoise({ thresholds: overTimesteps([1], k + 1), amplitude: 1 }, deviation),
  }));
  const fixed = measure({ thresholds: overTimesteps([1], timesteps), amplitude: 1 });
  const match = fixedByTimesteps.find(({ sqnrDb }) => sqnrDb >= uniform.sqnrDb);
  return {
    seed: options.seed,
    settings: SQNR_SETTINGS,
    fixed,
    fixedByTimesteps,
    fixedTimestepsToMatch: match?.timesteps ?? null,
    uniform,
    perTimestep,
    uniformFreeAmplitude: uniformFree,
    perTimestepFreeAmplitude: perTimestepFree,
    gainByLearningDb: uniform.sqnrDb - fixed.sqnrDb,
    gainPerTimestepDb: perTimestep.sqnrDb - uniform.sqnrDb,
    gainPerTimestepFreeAmplitudeDb: perTimestepFree.sqnrDb - uniform.sqnrDb,
    equation19: {
      uniformPoints: comparePoints([1, 0.75, 0.5, 0.25]),
      optimalPoints: comparePoints(OPTIMAL_POINTS),
    },
  };
}

function measure(quantizer: NeuronQuantizer): QuantizerResult {
  const { thresholds, amplitude } = quantizer;
  return {
    thresholds,
    amplitude,
    sqnrDb: signalToQuantizationNoise(quantizer, SQNR_SETTINGS.deviation),
    points: measuredPoints(thresholds, 2 * Math.max(...thresholds)),
  };
}

/** Compares the printed equation and the general solution on four quantisation points. */
export function comparePoints(points: readonly [number, number, number, number]): PointsResult {
  return {
    points,
    printed: solution(points, printedThresholds(points)),
    general: solution(points, thresholdsFromPoints(points)),
    infeasibleTimesteps: infeasibleTimesteps(points),
  };
}

function solution(points: readonly number[], thresholds: readonly number[]): Solution {
  const largest = 1.25 * Math.max(...points, ...thresholds);
  const steps = 20_000;
  const failures: { from: number; to: number; spikes: number; demanded: number }[] = [];
  for (let step = 0; step < steps; step++) {
    // The middle of a cell: exactly on a point, the result would depend on rounding.
    const input = ((step + 0.5) / steps) * largest;
    const spikes = spikeCount(input, thresholds);
    const demanded = demandedSpikes(points, input);
    if (spikes === demanded) continue;
    const from = (step / steps) * largest;
    const to = ((step + 1) / steps) * largest;
    const last = failures.at(-1);
    const continues = last !== undefined && last.to === from && last.spikes === spikes && last.demanded === demanded;
    if (continues) last.to = to;
    else failures.push({ from, to, spikes, demanded });
  }
  return { thresholds, measuredPoints: measuredPoints(thresholds, largest), failures };
}

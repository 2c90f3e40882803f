import { spikeCount } from './neuron.js';

/** A neuron seen as a quantiser of its input: the output is amplitude · (number of spikes) / T. */
export interface NeuronQuantizer {
  /** One per timestep. */
  readonly thresholds: readonly number[];
  readonly amplitude: number;
}

export function quantize(quantizer: NeuronQuantizer, input: number): number {
  return (quantizer.amplitude * spikeCount(input, quantizer.thresholds)) / quantizer.thresholds.length;
}

/** Cells of the integral; more cells change only the fourth digit of the decibels. */
const CELLS = 12_000;
/** Beyond this, the normal distribution has less than 1e-8 of its power. */
const REACH_IN_DEVIATIONS = 6;

/**
 * Returns the signal to quantisation noise in dB, 10·log10(E[x²] / E[(x − Q(x))²]), over the positive half of N(0, σ²):
 * negative inputs have no representation and would only measure the rectifier. Integrates instead of sampling, so the
 * result is not random.
 */
export function signalToQuantizationNoise(quantizer: NeuronQuantizer, deviation: number): number {
  let signal = 0;
  let noise = 0;
  for (let cell = 0; cell < CELLS; cell++) {
    const z = ((cell + 0.5) / CELLS) * REACH_IN_DEVIATIONS;
    const density = Math.exp((-z * z) / 2);
    const x = z * deviation;
    signal += density * x * x;
    noise += density * (x - quantize(quantizer, x)) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}

/**
 * Returns the quantisation points that the neuron really has: for k = T … 1 the smallest constant input that gives k
 * spikes or more, so that p₁ > … > p_T as in the paper. Searches a grid from 0 to `largest`; Infinity if there is none.
 */
export function measuredPoints(thresholds: readonly number[], largest: number): number[] {
  const timesteps = thresholds.length;
  const points = new Array<number>(timesteps).fill(Number.POSITIVE_INFINITY);
  const steps = 20_000;
  for (let step = steps; step > 0; step--) {
    const input = (step / steps) * largest;
    const count = spikeCount(input, thresholds);
    for (let k = 1; k <= count; k++) points[timesteps - k] = input;
  }
  return points;
}

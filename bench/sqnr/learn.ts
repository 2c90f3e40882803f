import { Random } from '../../host/core/random.js';
import { type NeuronTrace, overTimesteps, type SpikeCountGradient, spikeCount, spikeCountGradient } from './neuron.js';
import type { NeuronQuantizer } from './quantizer.js';

export interface LearningSettings {
  /** One threshold for all timesteps (`atif-u`) or one for each (`atif-nu`). */
  readonly neuron: 'atif-u' | 'atif-nu';
  /**
   * `thresholds`: the mean threshold, as in the networks. `learned`: a separate parameter, like the weights of the next
   * layer.
   */
  readonly amplitude: 'thresholds' | 'learned';
  readonly timesteps: number;
  /** Standard deviation of the input, N(0, σ²). */
  readonly deviation: number;
  readonly initialThreshold: number;
  readonly steps: number;
  /** Inputs per step. */
  readonly batch: number;
  readonly learningRate: number;
  /** α of the surrogate; it changes geometrically from the first to the last step. */
  readonly surrogateSlope: readonly [first: number, last: number];
  readonly seed: number;
}

export interface Learned extends NeuronQuantizer {
  /** The mean threshold before the first step and after every `COURSE_INTERVAL_STEPS` steps. */
  readonly course: readonly number[];
}

export const COURSE_INTERVAL_STEPS = 20;
/** Thresholds of 0 or less have no meaning. */
const SMALLEST_THRESHOLD = 1e-3;

/**
 * Trains the thresholds of one neuron with Adam (Kingma and Ba 2015) on the mean squared error between ReLU(input)
 * and the neuron's mean output. A test can replace `gradient` by a wrong one.
 */
export function learnThresholds(
  settings: LearningSettings,
  gradient: SpikeCountGradient = spikeCountGradient,
): Learned {
  const { timesteps, batch, deviation } = settings;
  const own = settings.neuron === 'atif-u' ? 1 : timesteps;
  const values = new Float64Array(own + 1).fill(settings.initialThreshold);
  const amplitudeAt = own;
  const random = new Random(settings.seed);
  const adam = new Adam(values, settings.learningRate);
  const trace: NeuronTrace = { potential: new Float64Array(timesteps), spikes: new Uint8Array(timesteps) };
  const meanThreshold = (): number => values.subarray(0, own).reduce((sum, value) => sum + value, 0) / own;
  const course = [meanThreshold()];
  for (let step = 0; step < settings.steps; step++) {
    if (settings.amplitude === 'thresholds') values[amplitudeAt] = meanThreshold();
    const amplitude = values[amplitudeAt];
    const thresholds = overTimesteps([...values.subarray(0, own)], timesteps);
    const [first, last] = settings.surrogateSlope;
    const slope = first * (last / first) ** (step / settings.steps);
    const byThreshold = new Float64Array(timesteps);
    let byAmplitude = 0;
    for (let k = 0; k < batch; k++) {
      const input = deviation * random.normal();
      const count = spikeCount(input, thresholds, trace);
      const error = (amplitude * count) / timesteps - Math.max(0, input);
      const byOutput = (2 * error) / batch;
      byAmplitude += (byOutput * count) / timesteps;
      gradient(trace, thresholds, slope, (byOutput * amplitude) / timesteps, byThreshold);
    }
    const total = new Float64Array(own + 1);
    for (let t = 0; t < timesteps; t++) total[own === 1 ? 0 : t] += byThreshold[t];
    if (settings.amplitude === 'learned') total[amplitudeAt] = byAmplitude;
    else for (let t = 0; t < own; t++) total[t] += byAmplitude / own;
    adam.step(total);
    for (let t = 0; t < own; t++) values[t] = Math.max(values[t], SMALLEST_THRESHOLD);
    if ((step + 1) % COURSE_INTERVAL_STEPS === 0) course.push(meanThreshold());
  }
  const amplitude = settings.amplitude === 'learned' ? values[amplitudeAt] : meanThreshold();
  return { thresholds: overTimesteps([...values.subarray(0, own)], timesteps), amplitude, course };
}

class Adam {
  private readonly mean: Float64Array;
  private readonly square: Float64Array;
  private steps = 0;

  constructor(
    private readonly values: Float64Array,
    private readonly learningRate: number,
  ) {
    this.mean = new Float64Array(values.length);
    this.square = new Float64Array(values.length);
  }

  /** Moves the values against the gradient. */
  step(gradient: Float64Array): void {
    this.steps++;
    for (let k = 0; k < this.values.length; k++) {
      this.mean[k] = 0.9 * this.mean[k] + 0.1 * gradient[k];
      this.square[k] = 0.999 * this.square[k] + 0.001 * gradient[k] ** 2;
      const mean = this.mean[k] / (1 - 0.9 ** this.steps);
      const square = this.square[k] / (1 - 0.999 ** this.steps);
      this.values[k] -= (this.learningRate * mean) / (Math.sqrt(square) + 1e-8);
    }
  }
}

import { SAMPLE_RATE_HZ } from './generated.js';

/** Zero crossings of the sinc on each side: 2 ms at 16 kHz, which is also the delay of the converter. */
const CROSSINGS = 32;
/**
 * Table entries from one zero crossing to the next; with linear interpolation between them the error is below −110 dB.
 */
const RESOLUTION = 512;
/** Kaiser window for 100 dB: β = 0.1102 (A − 8.7). */
const BETA = 0.1102 * (100 - 8.7);
/**
 * Where the band ends, as a fraction of the lower of the two Nyquist frequencies. The transition of this window is 0.1
 * of the lower rate wide, so the stop band begins at Nyquist: at 16 kHz the band is flat up to 6.4 kHz and ends at
 * 8 kHz. The highest mel filter ends at 4 kHz.
 */
const BAND_END = 0.9;

/** Weights that a converter keeps: 8 MB of them. */
const MOST_WEIGHTS = 1 << 20;

/** The range of sample rates of recordings and microphones, in Hz. */
export const LOWEST_RATE_HZ = 4000;
export const HIGHEST_RATE_HZ = 768_000;

/** The modified Bessel function of the first kind, order 0, by its power series (Abramowitz and Stegun 9.6.12). */
function bessel0(x: number): number {
  let [sum, term] = [1, 1];
  for (let k = 1; term > sum * 1e-17; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}

/** One half of the windowed sinc, from its peak on: [crossing × RESOLUTION], then two zeros. */
const HALF_KERNEL = ((): Float64Array => {
  const table = new Float64Array(CROSSINGS * RESOLUTION + 2);
  for (let k = 0; k < CROSSINGS * RESOLUTION; k++) {
    const x = k / RESOLUTION;
    const phase = Math.PI * BAND_END * x;
    const window = bessel0(BETA * Math.sqrt(1 - (x / CROSSINGS) ** 2)) / bessel0(BETA);
    table[k] = BAND_END * (k === 0 ? 1 : Math.sin(phase) / phase) * window;
  }
  return table;
})();

/**
 * Converts a mono signal of any rate to 16 kHz by band-limited interpolation with a Kaiser-windowed sinc (J. O. Smith,
 * "Digital Audio Resampling"). Output k is exactly at k/16000 s of the input: positions are counted in integers, so
 * nothing drifts. The result does not depend on how the input is divided into pieces.
 */
export class Resampler {
  /** Input samples on each side of an output sample that it depends on. */
  private readonly reach: number;
  /** Table entries per input sample. */
  private readonly density: number;
  /** Weight of one input sample. */
  private readonly gain: number;
  /** The part of the input that is still needed, from sample number `start` on. */
  private kept: Float32Array;
  private start: number;
  private produced = 0;
  private taken = 0;
  /** The weights for each position of an output between two inputs, of which the usual rates have 1 to 160. */
  private readonly weights = new Map<number, Float64Array>();
  /** Whether they are kept; a rate without a common divisor has too many of them. */
  private readonly keeps: boolean;
  private scratch: Float64Array | null = null;

  /** @param fromHz rate of the input, `LOWEST_RATE_HZ` to `HIGHEST_RATE_HZ` */
  constructor(readonly fromHz: number) {
    const lower = Math.min(fromHz, SAMPLE_RATE_HZ);
    this.density = (RESOLUTION * lower) / fromHz;
    this.reach = Math.ceil((CROSSINGS * fromHz) / lower);
    this.gain = lower / fromHz;
    const positions = SAMPLE_RATE_HZ / greatestCommonDivisor(fromHz, SAMPLE_RATE_HZ);
    this.keeps = positions * 2 * this.reach <= MOST_WEIGHTS;
    // silence before the beginning
    this.kept = new Float32Array(this.reach);
    this.start = -this.reach;
  }

  /** Takes the next samples, ±1, and returns the 16 kHz samples that they complete. */
  push(samples: Float32Array): Float32Array {
    if (this.fromHz === SAMPLE_RATE_HZ) return samples;
    this.taken += samples.length;
    const input = new Float32Array(this.kept.length + samples.length);
    input.set(this.kept);
    input.set(samples, this.kept.length);
    const end = this.start + input.length;
    // the last output whose right-hand reach has arrived: floor(k · from / 16000) + reach < end
    const most = Math.max(this.produced, Math.ceil(((end - this.reach) * SAMPLE_RATE_HZ) / this.fromHz));
    const output = new Float32Array(most - this.produced);
    for (let k = 0; k < output.length; k++) output[k] = this.at(input, this.produced + k);
    this.produced = most;
    const next = Math.floor((this.produced * this.fromHz) / SAMPLE_RATE_HZ) - this.reach;
    this.kept = input.slice(Math.min(input.length, Math.max(0, next - this.start)));
    this.start = end - this.kept.length;
    return output;
  }

  /**
   * Ends the signal and returns the samples that were still delayed. The output then has as many samples as the
   * duration of the input, rounded.
   */
  end(): Float32Array {
    const wanted = Math.round((this.taken * SAMPLE_RATE_HZ) / this.fromHz) - this.produced;
    const silence = new Float32Array(this.reach + Math.ceil(this.fromHz / SAMPLE_RATE_HZ) + 1);
    return this.push(silence).subarray(0, wanted);
  }

  /** Returns output sample k. */
  private at(input: Float32Array, k: number): number {
    const position = k * this.fromHz;
    const whole = Math.floor(position / SAMPLE_RATE_HZ);
    const weights = this.weightsAt(position - whole * SAMPLE_RATE_HZ);
    const first = whole - this.reach + 1 - this.start;
    let sum = 0;
    for (let n = 0; n < weights.length; n++) sum += input[first + n] * weights[n];
    return sum * this.gain;
  }

  /** Returns the weights of the inputs of an output that is so many 16000ths of a sample after an input sample. */
  private weightsAt(remainder: number): Float64Array {
    const known = this.weights.get(remainder);
    if (known !== undefined) return known;
    const weights = this.keeps || this.scratch === null ? new Float64Array(2 * this.reach) : this.scratch;
    const fraction = remainder / SAMPLE_RATE_HZ;
    for (let n = 0; n < weights.length; n++) {
      const x = Math.abs(n - this.reach + 1 - fraction) * this.density;
      const entry = Math.floor(x);
      const low = HALF_KERNEL[entry];
      weights[n] = entry >= HALF_KERNEL.length - 1 ? 0 : low + (x - entry) * (HALF_KERNEL[entry + 1] - low);
    }
    if (this.keeps) this.weights.set(remainder, weights);
    else this.scratch = weights;
    return weights;
  }
}

function greatestCommonDivisor(a: number, b: number): number {
  return b === 0 ? a : greatestCommonDivisor(b, a % b);
}

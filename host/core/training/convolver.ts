/** Length of the transform, a power of 4. */
const SIZE = 16_384;
/** The longest response in samples: 512 ms at 16 kHz. */
export const LONGEST_RESPONSE = 8192;

/** A response, transformed. */
export interface Spectrum {
  /** Samples of the response. */
  readonly length: number;
  /** [real parts, imaginary parts], each `SIZE` long, in the order of the transform. */
  readonly values: Float64Array;
}

/** The factors of one stage: cosines and sines of 2π·j·k / size, k = 1, 2, 3, as [j][6]. */
interface Stage {
  readonly size: number;
  readonly factors: Float64Array;
}

/**
 * Convolves signals with responses by the fast Fourier transform, in blocks whose results are added where they overlap.
 * Two blocks are transformed at once, as the real and the imaginary part of one complex signal: a response is real, so
 * they do not mix.
 *
 * The transform has radix 4, decimated in frequency forward and in time backward. Spectra are in the order of reversed
 * digits. That does not matter for a product, so nothing is ever sorted.
 */
export class Convolver {
  private readonly real = new Float64Array(SIZE);
  private readonly imaginary = new Float64Array(SIZE);
  private readonly stages = stagesOf(SIZE);
  /** A copy of the signal; used again, because allocating it takes longer than filling it. */
  private copy = new Float64Array(0);

  /** Returns the spectrum of a response of at most `LONGEST_RESPONSE` samples. */
  spectrum(response: Float64Array): Spectrum {
    load(this.real, response);
    load(this.imaginary, response.subarray(0, 0));
    this.forward();
    const bytes = 2 * SIZE * Float64Array.BYTES_PER_ELEMENT;
    // threads share it; a page that is not isolated has one thread, and no such buffers
    const values = new Float64Array(
      typeof SharedArrayBuffer === 'undefined' ? new ArrayBuffer(bytes) : new SharedArrayBuffer(bytes),
    );
    values.set(this.real);
    values.set(this.imaginary, SIZE);
    return { length: response.length, values };
  }

  /** Convolves a signal with a response, in place. What would follow its end is cut off. */
  convolve(signal: Float64Array, response: Spectrum): void {
    let from = 0;
    let end = signal.length;
    while (from < end && signal[from] === 0) from++;
    while (end > from && signal[end - 1] === 0) end--;
    if (this.copy.length < end - from) this.copy = new Float64Array(end - from);
    const sounding = this.copy.subarray(0, end - from);
    sounding.set(signal.subarray(from, end));
    signal.fill(0);
    const block = SIZE - response.length + 1;
    for (let start = 0; start < sounding.length; start += 2 * block) {
      load(this.real, sounding.subarray(start, start + block));
      load(this.imaginary, sounding.subarray(start + block, start + 2 * block));
      this.forward();
      this.multiply(response.values);
      this.backward();
      add(signal, this.real, from + start);
      add(signal, this.imaginary, from + start + block);
    }
  }

  private forward(): void {
    const { real, imaginary } = this;
    for (const { size, factors } of this.stages) {
      const quarter = size / 4;
      for (let group = 0; group < SIZE; group += size) {
        for (let j = 0, f = 0; j < quarter; j++, f += 6) {
          const a = group + j;
          const b = a + quarter;
          const c = b + quarter;
          const d = c + quarter;
          const sumRe = real[a] + real[c];
          const sumIm = imaginary[a] + imaginary[c];
          const differenceRe = real[a] - real[c];
          const differenceIm = imaginary[a] - imaginary[c];
          const otherRe = real[b] + real[d];
          const otherIm = imaginary[b] + imaginary[d];
          // −i·(b − d)
          const turnedRe = imaginary[b] - imaginary[d];
          const turnedIm = real[d] - real[b];
          real[a] = sumRe + otherRe;
          imaginary[a] = sumIm + otherIm;
          const re1 = differenceRe + turnedRe;
          const im1 = differenceIm + turnedIm;
          real[b] = re1 * factors[f] + im1 * factors[f + 1];
          imaginary[b] = im1 * factors[f] - re1 * factors[f + 1];
          const re2 = sumRe - otherRe;
          const im2 = sumIm - otherIm;
          real[c] = re2 * factors[f + 2] + im2 * factors[f + 3];
          imaginary[c] = im2 * factors[f + 2] - re2 * factors[f + 3];
          const re3 = differenceRe - turnedRe;
          const im3 = differenceIm - turnedIm;
          real[d] = re3 * factors[f + 4] + im3 * factors[f + 5];
          imaginary[d] = im3 * factors[f + 4] - re3 * factors[f + 5];
        }
      }
    }
  }

  /** Undoes `forward` but for the factor `SIZE`, which `multiply` takes out. */
  private backward(): void {
    const { real, imaginary, stages } = this;
    for (let stage = stages.length - 1; stage >= 0; stage--) {
      const { size, factors } = stages[stage];
      const quarter = size / 4;
      for (let group = 0; group < SIZE; group += size) {
        for (let j = 0, f = 0; j < quarter; j++, f += 6) {
          const a = group + j;
          const b = a + quarter;
          const c = b + quarter;
          const d = c + quarter;
          const re1 = real[b] * factors[f] - imaginary[b] * factors[f + 1];
          const im1 = imaginary[b] * factors[f] + real[b] * factors[f + 1];
          const re2 = real[c] * factors[f + 2] - imaginary[c] * factors[f + 3];
          const im2 = imaginary[c] * factors[f + 2] + real[c] * factors[f + 3];
          const re3 = real[d] * factors[f + 4] - imaginary[d] * factors[f + 5];
          const im3 = imaginary[d] * factors[f + 4] + real[d] * factors[f + 5];
          const sumRe = real[a] + re2;
          const sumIm = imaginary[a] + im2;
          const otherRe = real[a] - re2;
          const otherIm = imaginary[a] - im2;
          const differenceRe = re1 + re3;
          const differenceIm = im1 + im3;
          // i·(1 − 3)
          const turnedRe = im3 - im1;
          const turnedIm = re1 - re3;
          real[a] = sumRe + differenceRe;
          imaginary[a] = sumIm + differenceIm;
          real[b] = otherRe + turnedRe;
          imaginary[b] = otherIm + turnedIm;
          real[c] = sumRe - differenceRe;
          imaginary[c] = sumIm - differenceIm;
          real[d] = otherRe - turnedRe;
          imaginary[d] = otherIm - turnedIm;
        }
      }
    }
  }

  private multiply(response: Float64Array): void {
    const { real, imaginary } = this;
    for (let k = 0; k < SIZE; k++) {
      const re = real[k] / SIZE;
      const im = imaginary[k] / SIZE;
      real[k] = re * response[k] - im * response[SIZE + k];
      imaginary[k] = re * response[SIZE + k] + im * response[k];
    }
  }
}

function stagesOf(length: number): Stage[] {
  const stages: Stage[] = [];
  for (let size = length; size > 1; size /= 4) {
    const factors = new Float64Array((6 * size) / 4);
    for (let j = 0; j < size / 4; j++) {
      for (let k = 1; k <= 3; k++) {
        const angle = (2 * Math.PI * j * k) / size;
        factors[6 * j + 2 * k - 2] = Math.cos(angle);
        factors[6 * j + 2 * k - 1] = Math.sin(angle);
      }
    }
    stages.push({ size, factors });
  }
  return stages;
}

/** Copies samples to the beginning of a longer array, and zeros behind them. */
function load(target: Float64Array, samples: Float64Array): void {
  target.set(samples);
  target.fill(0, samples.length);
}

/** Adds a block to a signal from `start` on, as far as the signal reaches. */
function add(signal: Float64Array, block: Float64Array, start: number): void {
  const end = Math.min(signal.length, start + block.length);
  for (let n = start; n < end; n++) signal[n] += block[n - start];
}

import { HOP_SAMPLES, SAMPLE_RATE_HZ, WINDOW_SAMPLES } from '../audio/index.js';
import { FFT_SIZE, HIGHEST_HZ, LOWEST_HZ, MEL_BANDS } from './generated.js';

/** Added to every band before the logarithm, on samples scaled to ±1. */
const ENERGY_FLOOR = 1e-6;
const BITS = Math.log2(FFT_SIZE);

/** The periodic Hann window, on samples scaled to ±1. */
const hann = Float64Array.from(
  { length: WINDOW_SAMPLES },
  (_, n) => (0.5 - 0.5 * Math.cos((2 * Math.PI * n) / WINDOW_SAMPLES)) / 32_768,
);
const cosine = Float64Array.from({ length: FFT_SIZE / 2 }, (_, k) => Math.cos((2 * Math.PI * k) / FFT_SIZE));
const sine = Float64Array.from({ length: FFT_SIZE / 2 }, (_, k) => Math.sin((2 * Math.PI * k) / FFT_SIZE));
/** Where a sample stands before the first pass: its number with the bits reversed. */
const place = Uint16Array.from({ length: FFT_SIZE }, (_, n) => {
  let reversed = 0;
  for (let bit = 0; bit < BITS; bit++) reversed |= ((n >> bit) & 1) << (BITS - 1 - bit);
  return reversed;
});

/** The edges of the triangles, in bins: 40 HTK mel bands, evenly spaced in mel. */
const edges = (() => {
  const mel = (hz: number): number => Math.log1p(hz / 700);
  const [low, high] = [mel(LOWEST_HZ), mel(HIGHEST_HZ)];
  return Float64Array.from({ length: MEL_BANDS + 2 }, (_, m) => {
    const hz = 700 * Math.expm1(low + ((high - low) * m) / (MEL_BANDS + 1));
    return (hz * FFT_SIZE) / SAMPLE_RATE_HZ;
  });
})();

/** The discrete Fourier transform of complex numbers in place, radix 2, decimated in time. */
function transform(re: Float64Array, im: Float64Array): void {
  for (let half = 1; half < FFT_SIZE; half *= 2) {
    const turn = FFT_SIZE / 2 / half;
    for (let from = 0; from < FFT_SIZE; from += 2 * half) {
      for (let k = 0; k < half; k++) {
        const [a, b] = [from + k, from + k + half];
        const [c, s] = [cosine[k * turn], -sine[k * turn]];
        const [x, y] = [re[b] * c - im[b] * s, re[b] * s + im[b] * c];
        re[b] = re[a] - x;
        im[b] = im[a] - y;
        re[a] += x;
        im[a] += y;
      }
    }
  }
}

/**
 * The spectrogram of a stream for people to look at: ln(mel energy + 1e-6) of every frame, [40], in floating point. The
 * network does not read it: its features come from the kernel.
 */
export class LogMel {
  private readonly window = new Int16Array(WINDOW_SAMPLES);
  private readonly re = new Float64Array(FFT_SIZE);
  private readonly im = new Float64Array(FFT_SIZE);

  /** Takes the next samples of the stream, at most 320, int16 at 16 kHz. */
  push(samples: Int16Array): void {
    if (samples.length > HOP_SAMPLES)
      throw new RangeError(`${samples.length} samples, expected at most ${HOP_SAMPLES}`);
    this.window.copyWithin(0, samples.length);
    this.window.set(samples, WINDOW_SAMPLES - samples.length);
  }

  /** Returns the bands of the last 640 samples; zeros before the stream began. */
  bands(): Float32Array {
    const { re, im } = this;
    re.fill(0);
    im.fill(0);
    // the power does not depend on where the window stands in the frame
    for (let n = 0; n < WINDOW_SAMPLES; n++) re[place[n]] = this.window[n] * hann[n];
    transform(re, im);
    return Float32Array.from({ length: MEL_BANDS }, (_, band) => {
      const [low, middle, high] = [edges[band], edges[band + 1], edges[band + 2]];
      let energy = 0;
      for (let bin = Math.ceil(low); bin < high; bin++) {
        const weight = bin < middle ? (bin - low) / (middle - low) : (high - bin) / (high - middle);
        energy += weight * (re[bin] * re[bin] + im[bin] * im[bin]);
      }
      return Math.log(energy + ENERGY_FLOOR);
    });
  }
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Random } from '../../host/core/random.js';
import { Convolver, LONGEST_RESPONSE } from '../../host/core/training/convolver.js';

const random = new Random(1);
const noise = (length: number): Float64Array => Float64Array.from({ length }, () => random.normal());
const convolver = new Convolver();

/** One sample of a convolution, by its definition. */
function sampleOf(signal: Float64Array, response: Float64Array, n: number): number {
  let sum = 0;
  for (let k = 0; k < response.length && k <= n; k++) sum += response[k] * signal[n - k];
  return sum;
}

describe('a convolution by the fast Fourier transform', () => {
  for (const [samples, taps] of [
    [16_000, 3000],
    [31_280, 1000],
    [31_280, LONGEST_RESPONSE],
    [100, 500],
    [40_000, 1],
  ]) {
    test(`of ${samples} samples with a response of ${taps} equals its definition`, () => {
      const [signal, response] = [noise(samples), noise(taps)];
      const result = signal.slice();
      convolver.convolve(result, convolver.spectrum(response));
      for (let n = 0; n < samples; n += 97) {
        const expected = sampleOf(signal, response, n);
        assert.ok(Math.abs(result[n] - expected) < 1e-9, `sample ${n}: ${result[n]} for ${expected}`);
      }
    });
  }

  test('leaves a signal in silence where it is, and silence as it is', () => {
    const response = Float64Array.of(1, 0, 0.5);
    const signal = new Float64Array(20_000);
    convolver.convolve(signal, convolver.spectrum(response));
    assert.ok(signal.every((sample) => sample === 0));
    signal[19_000] = 8;
    convolver.convolve(signal, convolver.spectrum(response));
    const expected = new Float64Array(20_000);
    [expected[19_000], expected[19_002]] = [8, 4];
    for (const [n, sample] of signal.entries()) assert.ok(Math.abs(sample - expected[n]) < 1e-12, `sample ${n}`);
  });
});

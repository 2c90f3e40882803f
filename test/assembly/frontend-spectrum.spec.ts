import { frame, powerSpectrum, powers } from '../../assembly/inference/frontend/spectrum';
import { HANN, SINE } from '../../assembly/inference/frontend/tables';

const samples: usize = frame;
let state: u32 = 1;

/** Uniform noise of ± `peak`, by a linear congruential generator (Numerical Recipes). */
function noise(peak: i32): i16 {
  state = state * 1664525 + 1013904223;
  return <i16>(<i32>((<u64>state * <u64>(2 * peak + 1)) >> 32) - peak);
}

function hann(n: i32): f64 {
  return 0.5 - 0.5 * Math.cos((2.0 * Math.PI * <f64>n) / 640.0);
}

/** Returns |X[bin]|² of the windowed frame by the definition, for samples scaled to ±1. */
function slowPower(bin: i32): f64 {
  let re = 0.0;
  let im = 0.0;
  for (let n = 0; n < 640; n++) {
    const x = (<f64>load<i16>(samples + (n << 1)) / 32768.0) * hann(n);
    const angle = (2.0 * Math.PI * <f64>((bin * n) % 1024)) / 1024.0;
    re += x * Math.cos(angle);
    im -= x * Math.sin(angle);
  }
  return re * re + im * im;
}

/** Returns the largest difference in amplitude between the integer spectrum and the definition, over bins 1 to 255. */
function largestError(): f64 {
  powerSpectrum();
  let largest = 0.0;
  for (let bin = 1; bin < 256; bin++) {
    const amplitude = Math.sqrt(<f64>load<u64>(powers + (bin << 3))) / <f64>(1 << 21);
    largest = Math.max(largest, Math.abs(amplitude - Math.sqrt(slowPower(bin))));
  }
  return largest;
}

/** A tenth of the noise in a bin from rounding a recording to int16: sqrt(Σ window² / 12) / 32768 = 1.4e-4. */
const TOLERANCE: f64 = 1.4e-5;

describe('the power spectrum', () => {
  it('equals the slow transform of loud noise', () => {
    for (let n = 0; n < 640; n++) store<i16>(samples + (n << 1), noise(32767));
    expect(largestError()).toBeLessThan(TOLERANCE);
  });

  it('equals the slow transform of noise of one step', () => {
    for (let n = 0; n < 640; n++) store<i16>(samples + (n << 1), noise(1));
    expect(largestError()).toBeLessThan(TOLERANCE);
  });

  it('equals the slow transform of a tone between two bins', () => {
    for (let n = 0; n < 640; n++) store<i16>(samples + (n << 1), <i16>(20000.0 * Math.sin(0.317 * <f64>n)));
    expect(largestError()).toBeLessThan(TOLERANCE);
  });

  it('equals the slow transform of a single sample at any place', () => {
    for (let at = 0; at < 640; at += 53) {
      memory.fill(samples, 0, 640 * 2);
      store<i16>(samples + (at << 1), -32768);
      expect(largestError()).toBeLessThan(TOLERANCE);
    }
  });

  it('does not overflow on the loudest frames: a constant, and square waves at full scale', () => {
    for (let half = 1; half <= 640; half = half * 2 + 1) {
      for (let n = 0; n < 640; n++) store<i16>(samples + (n << 1), (n / half) & 1 ? -32768 : 32767);
      expect(largestError()).toBeLessThan(TOLERANCE);
    }
  });

  it('is zero for silence', () => {
    memory.fill(samples, 0, 640 * 2);
    powerSpectrum();
    for (let bin = 1; bin < 256; bin++) expect(load<u64>(powers + (bin << 3))).toBeLessThan(16);
  });
});

describe('the tables of the transform', () => {
  it('contain the Hann window', () => {
    let error = 0.0;
    for (let n = 0; n < 640; n++) {
      error = Math.max(error, Math.abs(<f64>load<i32>(HANN + (n << 2)) - hann(n) * 67108864.0));
    }
    expect(error).toBeLessThan(0.51);
  });

  it('contain the sine', () => {
    let error = 0.0;
    for (let k = 0; k <= 768; k++) {
      const exact = Math.sin((2.0 * Math.PI * <f64>k) / 1024.0) * 2147483648.0;
      error = Math.max(error, Math.abs(<f64>load<i32>(SINE + (k << 2)) - exact));
    }
    expect(error).toBeLessThan(1.01);
  });
});

import { log2 } from '../../assembly/inference/frontend/logarithm';

/** Linear interpolation over 64 steps from 1 to 2 is at most (1/64)² / 8 / ln 2 = 4.4e-5 too low. */
const TOLERANCE: f64 = 5e-5;

function error(x: u64): f64 {
  return Math.abs(<f64>log2(x) / 1048576.0 - Math.log2(<f64>x));
}

describe('the integer logarithm', () => {
  it('is exact at every power of two', () => {
    for (let exponent = 0; exponent < 64; exponent++) expect(log2((<u64>1) << exponent)).toBe(exponent << 20);
  });

  it('is close between powers of two', () => {
    let largest = 0.0;
    let x: u64 = 1;
    for (let k = 0; k < 3000; k++) {
      largest = Math.max(largest, error(x));
      x += x / 70 + 1;
    }
    expect(largest).toBeLessThan(TOLERANCE);
  });

  it('never falls', () => {
    let falls = 0;
    let last = log2(1 << 20);
    for (let x: u64 = 1 << 20; x < 1 << 22; x += 37) {
      const next = log2(x);
      if (next < last) falls++;
      last = next;
    }
    expect(falls).toBe(0);
  });

  it('accepts the largest number', () => {
    expect(error(u64.MAX_VALUE)).toBeLessThan(TOLERANCE);
  });
});

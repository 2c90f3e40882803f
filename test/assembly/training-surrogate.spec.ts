import { surrogateGradients } from '../../assembly/training/surrogate';

const LANES: usize = memory.data(16, 16);

/** σ′ by its textbook formula, in float64. */
function published(x: f64): f64 {
  const sigmoid = 1 / (1 + Math.exp(-x));
  return sigmoid * (1 - sigmoid);
}

/** α·σ′(αx) of four lanes, with α = 1 unless it is given. */
function derivatives(x: v128, slope: f32 = 1): v128 {
  v128.store(LANES, x);
  surrogateGradients(LANES, 16, slope, LANES);
  return v128.load(LANES);
}

function derivative(x: f32): f64 {
  return <f64>f32x4.extract_lane(derivatives(f32x4.splat(x)), 0);
}

describe('the derivative of the sigmoid', () => {
  it('is correct to a few units in the last place where its size matters', () => {
    let worst: f64 = 0;
    for (let x: f32 = -30; x <= 30; x += 0.0137) {
      const expected = published(-Math.abs(<f64>x));
      const allowed = 2.4e-7 + 1e-7 * Math.abs(<f64>x);
      worst = Math.max(worst, Math.abs(derivative(x) - expected) / expected / allowed);
    }
    expect(worst).toBeLessThan(1);
  });

  it('is a quarter at zero and symmetric', () => {
    expect(derivative(0)).toBe(0.25);
    for (let x: f32 = 0; x < 20; x += 0.37) expect(derivative(x)).toBe(derivative(-x));
  });

  it('is negligible far from zero, but not so small that its products are denormal', () => {
    for (let x: f32 = 42; x < 1e38; x *= 3) {
      expect(derivative(x)).toBeLessThan(1e-18);
      expect(derivative(-x)).toBeGreaterThan(1e-19);
    }
  });

  it('computes every lane separately', () => {
    const result = derivatives(f32x4(0, 1, -2, 50));
    expect(<f64>f32x4.extract_lane(result, 1)).toBe(derivative(1));
    expect(<f64>f32x4.extract_lane(result, 2)).toBe(derivative(2));
    expect(<f64>f32x4.extract_lane(result, 3)).toBe(derivative(50));
  });

  it('is that of σ(αx)', () => {
    const result = derivatives(f32x4.splat(0.75), 2);
    expect(<f64>f32x4.extract_lane(result, 0)).toBe(2 * derivative(1.5));
  });
});

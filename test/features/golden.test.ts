import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COEFFICIENTS, MFCC_FRACTION_BITS, MULTIPLIER_FRACTION_BITS } from '../../host/core/features/index.js';
import { openFrontEnd, referenceMfcc } from '../../host/features/index.js';
import { mfccCases } from '../golden-vectors.js';
import { loudnessDbfs, SPEECH_PARAMETERS } from './signals.js';

/** Coefficient 0 of a frame in which every band is at the floor: ln(1e-6)·√40. */
const SILENT_FRAME = Math.log(1e-6) * Math.sqrt(40);

/** Quantises golden values by the definition. */
function quantised(mfcc: readonly (readonly number[])[]): number[] {
  const { mean, multiplier } = SPEECH_PARAMETERS;
  return mfcc.flatMap((frame) =>
    frame.map((value, c) => {
      const scaled = ((value * 2 ** MFCC_FRACTION_BITS - mean[c]) * multiplier[c]) / 2 ** MULTIPLIER_FRACTION_BITS;
      return Math.max(-128, Math.min(127, Math.round(scaled)));
    }),
  );
}

describe('MFCCs against values from another program', () => {
  for (const { name, samples, mfcc } of mfccCases()) {
    test(`differ by at most 1e-4 in the float reference: ${name}`, () => {
      const computed = referenceMfcc(samples);
      mfcc.forEach((frame, k) => {
        frame.forEach((value, c) => {
          assert.ok(Math.abs(computed[k * COEFFICIENTS + c] - value) <= 1e-4, `frame ${k}, coefficient ${c}`);
        });
      });
    });

    test(`differ by at most 0.02 in fixed point: ${name}`, () => {
      const raw = openFrontEnd().rawMfcc(samples);
      mfcc.forEach((frame, k) => {
        frame.forEach((value, c) => {
          const computed = raw[k * COEFFICIENTS + c] / 2 ** MFCC_FRACTION_BITS;
          assert.ok(Math.abs(computed - value) <= 0.02, `frame ${k}, coefficient ${c}: ${computed}, not ${value}`);
        });
      });
    });

    test(`are equal for 97 % of the int8 features and differ by at most 1: ${name}`, () => {
      const computed = openFrontEnd(SPEECH_PARAMETERS).features(samples);
      const differences = quantised(mfcc).map((value, k) => Math.abs(value - computed[k]));
      const equal = differences.filter((difference) => difference === 0).length;
      assert.ok(equal >= 0.97 * differences.length, `${equal} of ${differences.length} equal`);
      if (loudnessDbfs(samples) > -60) assert.ok(Math.max(...differences) <= 1);
    });
  }

  test('are exactly at the floor in every frame of silence', () => {
    const raw = openFrontEnd().rawMfcc(new Int16Array(16_000));
    raw.forEach((value, k) => {
      const expected = k % COEFFICIENTS === 0 ? SILENT_FRAME * 2 ** MFCC_FRACTION_BITS : 0;
      assert.ok(Math.abs(value - expected) <= 1.5, `value ${k} is ${value}, expected ${expected}`);
    });
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { COEFFICIENTS, fitFeatureParameters } from '../../host/core/features/index.js';
import { Random } from '../../host/core/random.js';
import { openFrontEnd } from '../../host/features/index.js';
import { noiseClip } from './signals.js';

/** Clips whose coefficients have different means and spreads. */
function rawClips(count: number): Int32Array[] {
  const random = new Random(1);
  return Array.from({ length: count }, () =>
    Int32Array.from({ length: 490 }, (_, k) => {
      const c = k % COEFFICIENTS;
      return Math.round((c - 5) * 20_000 + random.normal() * (20_000 / (c + 1)));
    }),
  );
}

describe('feature parameters', () => {
  test('give every coefficient mean 0 and standard deviation 32', () => {
    const clips = rawClips(50);
    const { mean, multiplier } = fitFeatureParameters(clips, 49);
    for (let c = 0; c < COEFFICIENTS; c++) {
      const values = clips.flatMap((clip) =>
        Array.from({ length: 49 }, (_, k) => ((clip[k * COEFFICIENTS + c] - mean[c]) * multiplier[c]) / 65_536),
      );
      const average = values.reduce((sum, value) => sum + value, 0) / values.length;
      const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - average) ** 2, 0) / values.length);
      assert.ok(Math.abs(average) < 0.01, `coefficient ${c}: mean ${average}`);
      // The multiplier of the widest coefficient is about 100, so it is exact to half a percent.
      assert.ok(Math.abs(deviation - 32) < 0.2, `coefficient ${c}: deviation ${deviation}`);
    }
  });

  test('do not depend on the order of the clips', () => {
    const clips = rawClips(20);
    assert.deepEqual(fitFeatureParameters([...clips].reverse(), 49), fitFeatureParameters(clips, 49));
  });

  test('leave out the last frame for 48 frames', () => {
    const clips = rawClips(5);
    const before = fitFeatureParameters(clips, 48);
    for (const clip of clips) clip.fill(400_000, 480);
    assert.deepEqual(fitFeatureParameters(clips, 48), before);
    assert.notDeepEqual(fitFeatureParameters(clips, 49).mean, before.mean);
  });

  test('can also be fitted on silence alone', () => {
    const silence = openFrontEnd().rawMfcc(noiseClip(1, 0));
    const parameters = fitFeatureParameters([silence], 49);
    assert.deepEqual(openFrontEnd(parameters).features(noiseClip(1, 0)), new Int8Array(490));
  });

  test('cannot be fitted without clips', () => {
    assert.throws(() => fitFeatureParameters([], 49), NetworkError);
  });
});

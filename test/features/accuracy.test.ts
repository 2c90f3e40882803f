import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COEFFICIENTS, MFCC_FRACTION_BITS } from '../../host/core/features/index.js';
import { openFrontEnd, referenceFeatures, referenceMfcc } from '../../host/features/index.js';
import {
  loudnessDbfs,
  type NamedClip,
  noiseClip,
  noRecordings,
  RECORDINGS,
  SAMPLE,
  SPEECH_PARAMETERS,
  spreadClips,
} from './signals.js';

/**
 * Returns per coefficient, in dB, the ratio of the variance of the reference over all frames to the mean squared error.
 */
function signalToError(clips: readonly NamedClip[]): number[] {
  const frontEnd = openFrontEnd();
  const sums = Array.from({ length: COEFFICIENTS }, () => ({ count: 0, value: 0, square: 0, error: 0 }));
  for (const { samples } of clips) {
    const exact = referenceMfcc(samples);
    const raw = frontEnd.rawMfcc(samples);
    exact.forEach((value, k) => {
      const sum = sums[k % COEFFICIENTS];
      sum.count++;
      sum.value += value;
      sum.square += value * value;
      sum.error += (raw[k] / 2 ** MFCC_FRACTION_BITS - value) ** 2;
    });
  }
  return sums.map(({ count, value, square, error }) => 10 * Math.log10((square - value ** 2 / count) / error));
}

/** Asserts the bounds on int8 values, clip by clip and over all. */
function assertFeaturesAgree(clips: readonly NamedClip[]): void {
  const frontEnd = openFrontEnd(SPEECH_PARAMETERS);
  let equal = 0;
  let values = 0;
  for (const { name, samples } of clips) {
    const features = frontEnd.features(samples);
    const exact = referenceFeatures(samples, SPEECH_PARAMETERS);
    const loud = loudnessDbfs(samples) > -60;
    features.forEach((value, k) => {
      const difference = Math.abs(value - exact[k]);
      if (difference === 0) equal++;
      if (loud) assert.ok(difference <= 1, `${name}: value ${k} is ${value}, the reference has ${exact[k]}`);
    });
    values += features.length;
  }
  assert.ok(equal >= 0.97 * values, `${equal} of ${values} equal`);
}

describe('the fixed-point front end against the float reference', () => {
  test('gives the same int8 features on the sample clips, within the bounds', async () => {
    assertFeaturesAgree(await spreadClips(SAMPLE, 60));
  });

  test('gives the same int8 features on 600 real recordings, within the bounds', { skip: noRecordings }, async () => {
    assertFeaturesAgree(await spreadClips(RECORDINGS, 600));
  });

  test('has an error at least 40 dB below each coefficient over synthesised speech', async () => {
    const ratios = signalToError(await spreadClips(SAMPLE, 60));
    assert.ok(Math.min(...ratios) >= 40, ratios.map((ratio) => ratio.toFixed(1)).join(' '));
  });

  test('has an error at least 40 dB below each coefficient over 600 real recordings', {
    skip: noRecordings,
  }, async () => {
    const ratios = signalToError(await spreadClips(RECORDINGS, 600));
    assert.ok(Math.min(...ratios) >= 40, ratios.map((ratio) => ratio.toFixed(1)).join(' '));
  });

  test('gives the same int8 features at every level from full scale to one step, within the bounds', () => {
    const clips = Array.from({ length: 16 }, (_, k) => ({ name: `noise ±${2 ** k - 1}`, peak: 2 ** k - 1 }));
    assertFeaturesAgree(clips.map(({ name, peak }, k) => ({ name, samples: noiseClip(k, peak) })));
  });

  test('is not disturbed in quiet frames by a loud sound next to them', () => {
    const samples = noiseClip(1, 1);
    for (let n = 6000; n < 6400; n++) samples[n] = n % 2 === 0 ? 32_767 : -32_768;
    assertFeaturesAgree([{ name: 'a burst in noise of one step', samples }]);
  });
});

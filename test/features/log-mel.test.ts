import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { decodeSamples } from '../../host/audio/index.js';
import { CLIP_FRAMES, CLIP_SAMPLES, FIRST_FRAME_SAMPLES, HOP_SAMPLES } from '../../host/core/audio/index.js';
import { LogMel, MEL_BANDS } from '../../host/core/features/index.js';
import { Random } from '../../host/core/random.js';
import { referenceLogMel } from '../../host/features/index.js';
import { packagePath } from '../../host/system/package-files.js';

/** Returns the bands of every frame of a clip, pushed as a stream: [49][40]. */
function streamed(clip: Int16Array): Float32Array[] {
  const mel = new LogMel();
  mel.push(clip.subarray(0, FIRST_FRAME_SAMPLES - HOP_SAMPLES));
  return Array.from({ length: CLIP_FRAMES }, (_, frame) => {
    const from = FIRST_FRAME_SAMPLES + (frame - 1) * HOP_SAMPLES;
    const piece = new Int16Array(HOP_SAMPLES);
    piece.set(clip.subarray(from, from + HOP_SAMPLES));
    mel.push(piece);
    return mel.bands();
  });
}

test('the spectrogram of a stream has the bands of the float reference, of speech, noise and silence', async () => {
  const path = packagePath('datasets/sample/yes/9f094882_nohash_0.wav');
  const speech = new Int16Array(CLIP_SAMPLES);
  speech.set((await decodeSamples(readFileSync(path), path)).subarray(0, CLIP_SAMPLES));
  const random = new Random(5);
  const noise = Int16Array.from({ length: CLIP_SAMPLES }, () => random.below(65_536) - 32_768);
  for (const clip of [speech, noise, new Int16Array(CLIP_SAMPLES)]) {
    const expected = referenceLogMel(clip);
    const worst = streamed(clip)
      .flatMap((bands) => Array.from(bands))
      .reduce((most, value, k) => Math.max(most, Math.abs(value - expected[k])), 0);
    // Meyda's spectrum is in single precision
    assert.ok(worst < 2e-4, `off by ${worst}`);
  }
});

test('the spectrogram takes at most a hop at a time', () => {
  assert.throws(() => new LogMel().push(new Int16Array(HOP_SAMPLES + 1)), /321 samples, expected at most 320/);
  assert.equal(new LogMel().bands().length, MEL_BANDS);
});

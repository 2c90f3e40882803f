import { CLIP_SAMPLES, roundedSample } from '../../core/audio/index.js';
import type { SoundPack } from '../../dataset/index.js';
import type { AmbientPlan } from './ambient-plan.js';
import { CLIP_FADE, faded } from './render.js';

/**
 * Yields the samples of a planned ambient stream: int16 at 16 kHz, one second at a time; the last piece may be shorter.
 * Recordings fade in and out as clips do, and pauses are digital silence. The next second overwrites the array.
 */
export function* renderAmbient({ samples, played }: AmbientPlan, pack: Pick<SoundPack, 'read'>): Generator<Int16Array> {
  const second = new Int16Array(CLIP_SAMPLES);
  const piece = new Int16Array(CLIP_SAMPLES);
  let next = 0;
  for (let from = 0; from < samples; from += CLIP_SAMPLES) {
    const to = Math.min(samples, from + CLIP_SAMPLES);
    second.fill(0);
    while (next < played.length && played[next].at + played[next].samples <= from) next++;
    for (let k = next; k < played.length && played[k].at < to; k++) {
      const { sound, at, samples: length, gain } = played[k];
      const [begin, end] = [Math.max(from, at), Math.min(to, at + length)];
      const part = piece.subarray(0, end - begin);
      pack.read(sound, begin - at, part);
      for (let n = begin; n < end; n++) {
        second[n - from] = roundedSample(part[n - begin] * gain * faded(n - at, length, CLIP_FADE));
      }
    }
    yield second.subarray(0, to - from);
  }
}

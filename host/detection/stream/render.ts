import { CLIP_SAMPLES, roundedSample } from '../../core/audio/index.js';
import type { SamplePack } from '../../dataset/index.js';
import type { StreamPlan } from './plan.js';

/** Clips fade in and out within 10 ms, and scenes within 50 ms, so that no click reveals them. */
export const CLIP_FADE = 160;
const SCENE_FADE = 800;

/** Returns the fade factor: near 0 at both ends of `length`, 1 from `fade` samples on. */
export const faded = (k: number, length: number, fade: number): number =>
  Math.min(1, (k + 0.5) / fade, (length - k - 0.5) / fade);

/**
 * Yields the samples of a planned stream: int16 at 16 kHz, one second at a time; the last piece may be shorter. Words
 * and noise are added, rounded once, and clipped to the range. The next second overwrites the array.
 */
export function* renderStream(
  plan: StreamPlan,
  pack: Pick<SamplePack, 'read'>,
  noises: readonly Int16Array[],
): Generator<Int16Array> {
  const second = new Float64Array(CLIP_SAMPLES);
  const clip = new Int16Array(CLIP_SAMPLES);
  const samples = new Int16Array(CLIP_SAMPLES);
  let scene = 0;
  let nextWord = 0;
  for (let from = 0; from < plan.samples; from += CLIP_SAMPLES) {
    const to = Math.min(plan.samples, from + CLIP_SAMPLES);
    second.fill(0);
    while (plan.scenes[scene].to <= from) scene++;
    for (let k = scene; k < plan.scenes.length && plan.scenes[k].from < to; k++) {
      const { noise, from: begin, to: end } = plan.scenes[k];
      if (noise === null) continue;
      const recording = noises[noise.index];
      for (let at = Math.max(from, begin); at < Math.min(to, end); at++) {
        const sample = recording[(noise.offset + at - begin) % recording.length];
        second[at - from] += sample * noise.gain * faded(at - begin, end - begin, SCENE_FADE);
      }
    }
    while (nextWord < plan.spoken.length && plan.spoken[nextWord].at + CLIP_SAMPLES <= from) nextWord++;
    for (let k = nextWord; k < plan.spoken.length && plan.spoken[k].at < to; k++) {
      const { at: begin, gain, clip: index } = plan.spoken[k];
      pack.read(index, clip);
      for (let at = Math.max(from, begin); at < Math.min(to, begin + CLIP_SAMPLES); at++) {
        second[at - from] += clip[at - begin] * gain * faded(at - begin, CLIP_SAMPLES, CLIP_FADE);
      }
    }
    const length = to - from;
    for (let k = 0; k < length; k++) samples[k] = roundedSample(second[k]);
    yield samples.subarray(0, length);
  }
}

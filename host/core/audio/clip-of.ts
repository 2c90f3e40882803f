import { CLIP_SAMPLES } from './generated.js';
import { wordExtent } from './word-extent.js';

/**
 * Returns where the second of a recording begins that holds its word, in samples: the word in its middle, or if the
 * word seems longer than a second, the loudest second. 0 for a recording of at most a second.
 */
export function clipStart(samples: Int16Array): number {
  const last = samples.length - CLIP_SAMPLES;
  if (last <= 0) return 0;
  const [from, to] = wordExtent(samples);
  if (to - from > CLIP_SAMPLES) return loudestSecond(samples);
  return Math.min(last, Math.max(0, Math.round((from + to - CLIP_SAMPLES) / 2)));
}

/** Returns the second around the word of a recording; a shorter recording is padded with zeros at its end. */
export function clipOf(samples: Int16Array): Int16Array {
  const start = clipStart(samples);
  const clip = new Int16Array(CLIP_SAMPLES);
  clip.set(samples.subarray(start, start + CLIP_SAMPLES));
  return clip;
}

function loudestSecond(samples: Int16Array): number {
  let energy = 0;
  for (let k = 0; k < CLIP_SAMPLES; k++) energy += samples[k] ** 2;
  let best = { energy, start: 0 };
  for (let start = 1; start + CLIP_SAMPLES <= samples.length; start++) {
    energy += samples[start + CLIP_SAMPLES - 1] ** 2 - samples[start - 1] ** 2;
    if (energy > best.energy) best = { energy, start };
  }
  return best.start;
}

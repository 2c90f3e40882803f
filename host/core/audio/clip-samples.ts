import { SAMPLE_RATE_HZ } from './decode.js';

/** Every clip has this many samples: one second. */
export const CLIP_SAMPLES = SAMPLE_RATE_HZ;

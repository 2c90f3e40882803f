// Turns samples into raw MFCC frames. Frame k covers samples 320k − 128 … 320k + 511 of those pushed since the reset;
// samples before the first one are zero. One second (16 000 samples) gives 49 frames, the last at sample 15 872.
import { COEFFICIENTS, HOP_SAMPLES, MEL_BANDS, SAMPLES_BEFORE, WINDOW_SAMPLES } from '../generated';
import { cepstrum } from './cepstrum';
import { melEnergies } from './mel';
import { frame, powerSpectrum } from './spectrum';

const energies: usize = memory.data(MEL_BANDS * 8, 16);
let held: i32 = SAMPLES_BEFORE;

/** Forgets the pushed samples: the next sample is the first of a clip. */
export function frontendReset(): void {
  memory.fill(frame, 0, SAMPLES_BEFORE * 2);
  held = SAMPLES_BEFORE;
}

/**
 * Takes `count` int16 samples and writes every frame they complete to `raw`, one after the other: i32 [10], 12 fraction
 * bits, 40 bytes per frame. Returns the number of frames: at most ⌈count / 320⌉, for which `raw` must have room.
 */
export function frontendPush(samples: usize, count: i32, raw: usize): i32 {
  let frames = 0;
  while (count > 0) {
    const taken = min(count, WINDOW_SAMPLES - held);
    memory.copy(frame + (held << 1), samples, taken << 1);
    held += taken;
    samples += taken << 1;
    count -= taken;
    if (held == WINDOW_SAMPLES) {
      powerSpectrum();
      melEnergies(energies);
      cepstrum(energies, raw);
      raw += COEFFICIENTS * 4;
      frames++;
      memory.copy(frame, frame + HOP_SAMPLES * 2, (WINDOW_SAMPLES - HOP_SAMPLES) << 1);
      held = WINDOW_SAMPLES - HOP_SAMPLES;
    }
  }
  return frames;
}

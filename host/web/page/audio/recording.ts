import { SAMPLE_RATE_HZ } from '../../../core/audio/index.js';
import { WavError } from '../../../core/error.js';
import { checkWav, monoSamples } from '../../../core/wav/index.js';
import { HIGHEST_RATE_HZ, LOWEST_RATE_HZ } from './resampler.js';

export interface Recording {
  /** ±1, the mean of all channels. */
  readonly samples: Float32Array;
  readonly sampleRateHz: number;
}

/** Reads a WAV file. Throws `WavError`, which says what is wrong with the file. */
export function readRecording(bytes: Uint8Array, name: string): Recording {
  const layout = checkWav(bytes, name);
  const { sampleRateHz } = layout;
  if (sampleRateHz !== SAMPLE_RATE_HZ && (sampleRateHz < LOWEST_RATE_HZ || sampleRateHz > HIGHEST_RATE_HZ)) {
    throw new WavError(name, `is at ${sampleRateHz} Hz, expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ} Hz`);
  }
  return { samples: monoSamples(bytes, layout, name), sampleRateHz };
}

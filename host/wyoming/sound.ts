import { HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Resampler, SAMPLE_RATE_HZ, toInt16 } from '../core/audio/index.js';

/** How a client's sound is encoded: little-endian integers with sign, `width` bytes each, frame by frame. */
export interface SoundFormat {
  readonly rate: number;
  readonly width: number;
  readonly channels: number;
}

/** Returns the format in the data of `audio-start` or `audio-chunk`, or why it is not one that can be converted. */
export function soundFormat(data: Readonly<Record<string, unknown>>): SoundFormat | string {
  const { rate, width, channels } = data;
  const within = (value: unknown, least: number, most: number): value is number =>
    Number.isInteger(value) && (value as number) >= least && (value as number) <= most;
  if (!within(rate, LOWEST_RATE_HZ, HIGHEST_RATE_HZ)) {
    return `rate is ${JSON.stringify(rate)}, expected ${LOWEST_RATE_HZ} to ${HIGHEST_RATE_HZ}`;
  }
  if (!within(width, 1, 4)) return `width is ${JSON.stringify(width)}, expected 1 to 4 bytes`;
  if (!within(channels, 1, 16)) return `channels is ${JSON.stringify(channels)}, expected 1 to 16`;
  return { rate, width, channels };
}

/** Converts a client's sound to int16 at 16 kHz, mono. */
export class SoundConverter {
  private readonly resampler: Resampler;
  /** Bytes of a frame that is not complete. */
  private rest = new Uint8Array(0);

  constructor(readonly format: SoundFormat) {
    this.resampler = new Resampler(format.rate);
  }

  /** Whether sound of another format needs another converter. */
  takes({ rate, width, channels }: SoundFormat): boolean {
    const { format } = this;
    return rate === format.rate && width === format.width && channels === format.channels;
  }

  push(bytes: Uint8Array): Int16Array {
    const { rate, width, channels } = this.format;
    const all = Buffer.concat([this.rest, bytes]);
    const frameBytes = width * channels;
    const frames = Math.floor(all.length / frameBytes);
    this.rest = all.subarray(frames * frameBytes);
    const full = 2 ** (8 * width - 1);
    const mono = new Float32Array(frames);
    for (let frame = 0, at = 0; frame < frames; frame++) {
      let sum = 0;
      for (let channel = 0; channel < channels; channel++, at += width) sum += all.readIntLE(at, width);
      mono[frame] = sum / (channels * full);
    }
    return toInt16(rate === SAMPLE_RATE_HZ ? mono : this.resampler.push(mono));
  }
}

import { HIGHEST_RATE_HZ, LOWEST_RATE_HZ, Resampler, SAMPLE_RATE_HZ, toInt16 } from '../core/audio/index.js';
import { mixDown } from '../core/recording/index.js';
import { SampleStream } from '../core/wav/index.js';

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
  private readonly stream: SampleStream;

  constructor(readonly format: SoundFormat) {
    const { rate, width, channels } = format;
    this.resampler = new Resampler(rate);
    const stored = { encoding: 'integer', channels, sampleRateHz: rate, sampleBytes: width } as const;
    this.stream = new SampleStream(stored, 'audio-chunk');
  }

  /** Whether sound of another format needs another converter. */
  takes({ rate, width, channels }: SoundFormat): boolean {
    const { format } = this;
    return rate === format.rate && width === format.width && channels === format.channels;
  }

  push(bytes: Uint8Array): Int16Array {
    const { rate, width } = this.format;
    // one byte has a sign here, and none in WAV files
    const decoded = this.stream.push(width === 1 ? bytes.map((byte) => byte ^ 0x80) : bytes);
    if (decoded === null) return new Int16Array(0);
    const mono = mixDown(decoded);
    return toInt16(rate === SAMPLE_RATE_HZ ? mono : this.resampler.push(mono));
  }
}

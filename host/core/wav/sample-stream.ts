import { concatenated } from '../bytes.js';
import { wavChannels } from './decode.js';
import type { WavLayout } from './riff.js';

/** How samples are stored; see `WavLayout`. */
export type SampleFormat = Pick<WavLayout, 'encoding' | 'channels' | 'sampleRateHz' | 'sampleBytes'>;

/** Decodes samples whose bytes come in pieces of any size, as from a file, a pipe or a network. */
export class SampleStream {
  /** Samples of each channel that were decoded. */
  frames = 0;
  /** Bytes of a frame that is not complete. */
  private rest = new Uint8Array(0);

  /** @param name of the stream, for messages */
  constructor(
    readonly format: SampleFormat,
    private readonly name: string,
  ) {}

  /**
   * Returns the samples that these bytes complete: [channel][sample], ±1; null if they complete none. Throws
   * `RecordingError` as `wavChannels`.
   */
  push(bytes: Uint8Array): readonly Float32Array[] | null {
    const all = this.rest.length === 0 ? bytes : concatenated([this.rest, bytes]);
    const frameBytes = this.format.channels * this.format.sampleBytes;
    const frames = Math.floor(all.length / frameBytes);
    const dataBytes = frames * frameBytes;
    // a copy, also of a Buffer: whoever gave it may write into it again
    this.rest = new Uint8Array(all.subarray(dataBytes));
    if (frames === 0) return null;
    const layout = { ...this.format, dataOffset: 0, dataBytes, frames };
    const channels = wavChannels(all, layout, this.name, this.frames);
    this.frames += frames;
    return channels;
  }
}

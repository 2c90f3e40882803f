import { closeSync, openSync, readSync } from 'node:fs';
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { DatasetError } from '../system/index.js';

export const CLIP_BYTES = CLIP_SAMPLES * 2;

/** The data that another thread needs to open the same pack. */
export interface SamplePackDescriptor {
  readonly path: string;
  readonly count: number;
  readonly labels: Int32Array;
  readonly names: readonly string[];
}

/** The samples of many examples in one file, one second each: int16, [example][sample], 16 000 samples per example. */
export class SamplePack {
  private constructor(
    readonly path: string,
    readonly count: number,
    /** [example], indices in the labels of the task. */
    readonly labels: Int32Array,
    /** [example], as in `Example`. */
    readonly names: readonly string[],
    private readonly file: number,
  ) {}

  static open({ path, count, labels, names }: SamplePackDescriptor): SamplePack {
    return new SamplePack(path, count, labels, names, openSync(path, 'r'));
  }

  /** Reads the 16 000 samples of one example into `target`. */
  read(index: number, target: Int16Array): void {
    if (!(index >= 0 && index < this.count)) throw new RangeError(`example ${index} of ${this.count}`);
    const bytes = new Uint8Array(target.buffer, target.byteOffset, CLIP_BYTES);
    const got = readSync(this.file, bytes, 0, CLIP_BYTES, index * CLIP_BYTES);
    if (got !== CLIP_BYTES) throw new DatasetError(`${this.path}: ends within example ${index} of ${this.count}`);
  }

  /** Returns what another thread needs for `SamplePack.open`; structured-cloneable. */
  descriptor(): SamplePackDescriptor {
    return { path: this.path, count: this.count, labels: this.labels, names: this.names };
  }

  close(): void {
    closeSync(this.file);
  }
}

import { CaptureError } from '../../system/index.js';
import type { SampleSource } from './source.js';

/** The first of several sources that gives a sample. */
export class FirstThatWorks implements SampleSource {
  private current: SampleSource | null = null;
  private closed = false;

  /** @param openers open the sources, each only when those before it have failed */
  constructor(private readonly openers: readonly (() => SampleSource)[]) {}

  get name(): string {
    return this.current?.name ?? 'microphone';
  }

  /** Throws the fault of the first source, and names those of the others, if none gives a sample. */
  async *[Symbol.asyncIterator](): AsyncGenerator<Int16Array> {
    const faults: CaptureError[] = [];
    for (const open of this.openers) {
      if (this.closed) return;
      this.current = open();
      let heard = false;
      try {
        for await (const samples of this.current) {
          heard = true;
          yield samples;
        }
        return;
      } catch (error) {
        if (heard || !(error instanceof CaptureError)) throw error;
        faults.push(error);
      }
    }
    const [first, ...others] = faults.map(({ message }) => message);
    throw new CaptureError([first, ...others.map((message) => `also tried ${message}`)].join('; '), {
      cause: faults[0],
    });
  }

  close(): void {
    this.closed = true;
    this.current?.close();
  }
}

import { createHash } from 'node:crypto';
import { millisecondsOf } from '../core/audio/index.js';
import { detectedWords } from '../core/detection/index.js';
import { SpikewordError } from '../core/error.js';
import type { OperatingPoint } from '../core/quantization/index.js';
import { SoundJournal } from '../dataset/index.js';
import { SoundKeeper } from '../detection/index.js';
import type { ModelFile } from '../model/index.js';
import { nextText } from './next-command.js';

export interface KeepingOptions {
  readonly folder: string;
  readonly nearMiss: number;
  /** The name of the model, and the model. */
  readonly name: string;
  readonly model: ModelFile;
  readonly point: OperatingPoint;
}

/**
 * Keeps the sounds of one stream in a folder, for `review`. However the process ends, the last near miss is kept too,
 * and the user is told what there is.
 */
export class KeptStream {
  private readonly counts = { detection: 0, 'near-miss': 0 };
  private source = '';
  private isOpen = true;

  private constructor(
    readonly keeper: SoundKeeper,
    private readonly journal: SoundJournal,
  ) {
    process.once('exit', this.close);
  }

  /** Throws what `SoundJournal.create` throws. */
  static async begin({ folder, nearMiss, name, model, point }: KeepingOptions): Promise<KeptStream> {
    const journal = await SoundJournal.create(folder);
    const { labels } = model.network;
    const sha256 = createHash('sha256').update(model.bytes).digest('hex');
    const about = { name, sha256, words: [...detectedWords(labels, point).keys()] };
    const keeper = new SoundKeeper({
      ...{ labels, point, nearMiss },
      keep: ({ kind, word, score, threshold, sample }, second) => {
        const timeMs = millisecondsOf(sample);
        journal.add({ kind, word, score, threshold, timeMs, source: stream.source, model: about }, second);
        stream.counts[kind]++;
      },
    });
    const stream = new KeptStream(keeper, journal);
    return stream;
  }

  /** Names the stream in the lines of the journal. */
  hears(source: string): void {
    this.source = source;
  }

  /** Ends the stream, and says on stderr how much was kept. */
  readonly close = (): void => {
    if (!this.isOpen) return;
    this.isOpen = false;
    process.off('exit', this.close);
    try {
      this.keeper.end();
    } catch (error) {
      // the process may be exiting, so nobody would catch it
      if (!(error instanceof SpikewordError)) throw error;
      process.stderr.write(`${error.name}: ${error.message}\n`);
      process.exitCode = error.exitCode;
    }
    this.journal.close();
    process.stderr.write(this.summary());
  };

  private summary(): string {
    const { counts, journal } = this;
    const some = (n: number, what: string, more: string): string => `${n} ${n === 1 ? what : more}`;
    const kept = `${some(counts.detection, 'detection', 'detections')} and ${some(counts['near-miss'], 'near miss', 'near misses')} kept in ${journal.folder}`;
    const isReviewed = journal.sounds.every(({ review }) => review !== undefined);
    return `${kept}\n${isReviewed ? '' : nextText([['review', journal.folder]])}`;
  }
}

import { HOP_SAMPLES, samplesOfSeconds } from '../../../core/audio/index.js';
import { BoardListener, type ConnectedBoard } from '../../../core/board/index.js';
import { bytesOf, concatenated } from '../../../core/bytes.js';
import { type Detection, StreamDetector } from '../../../core/detection/index.js';
import type { Inference, Kernel } from '../../../core/kernel/index.js';
import { type BoardInference, INSPECT } from '../../../core/protocol/index.js';
import { kernelFor } from '../kernel.js';
import type { LoadedModel } from '../model.js';

/** Results that are kept for the pictures: twelve seconds of a model that gives one every 80 ms. */
export const KEPT_RESULTS = 150;
/** Sound that may wait for the board. A file comes much faster than a board hears it. */
const MOST_WAITING = samplesOfSeconds(300);

/** What one side made of the sound: the last results, and the words that it heard. */
export class Side {
  /** Average probabilities, [result modulo KEPT_RESULTS][class]. */
  readonly scores: Float32Array;
  /** Results since the stream began. */
  results = 0;
  /** The words that are still in the picture, with the result after which they were heard. */
  words: { readonly detection: Detection; readonly result: number }[] = [];

  constructor(readonly classes: number) {
    this.scores = new Float32Array(KEPT_RESULTS * classes);
  }

  /** The oldest result that is kept. */
  get oldest(): number {
    return Math.max(0, this.results - KEPT_RESULTS);
  }

  add(average: ArrayLike<number>): void {
    this.scores.set(average, (this.results % KEPT_RESULTS) * this.classes);
    this.results++;
    this.words = this.words.filter(({ result }) => result >= this.oldest);
  }

  heard(detections: readonly Detection[]): void {
    for (const detection of detections) this.words.push({ detection, result: this.results - 1 });
  }
}

/** A result of the page that the board has not answered yet. */
interface Expected {
  readonly inference: Inference;
  /** The rows of features that became complete since the result before, int8 [frame][coefficient]. */
  readonly rows: Int8Array;
}

/**
 * The page and a board, which hear the same sound from the same sample on. Every number that the board answers is
 * compared with the page's: each row of features, and of each result the scores and, layer by layer, the spikes and the
 * operations.
 */
export class Twins {
  readonly page: Side;
  readonly board: Side;
  /** Values that were compared and are equal, or are not. */
  equal = 0;
  different = 0;
  /** The first value that differs; null while there is none. */
  firstDifference: string | null = null;
  /** Called when the board can no longer be asked. */
  onFault: (error: unknown) => void = () => {};
  private readonly detector: StreamDetector;
  private readonly expected: Expected[] = [];
  private rows: Int8Array[] = [];
  private waiting: Int16Array[] = [];
  private waitingSamples = 0;
  private sending: Promise<void> | null = null;
  private ended = false;

  private constructor(
    private readonly connected: ConnectedBoard,
    readonly model: LoadedModel,
    private readonly listener: BoardListener,
    kernel: Kernel,
  ) {
    const { length } = model.network.labels;
    [this.page, this.board] = [new Side(length), new Side(length)];
    this.detector = new StreamDetector(kernel, {
      onInference: ({ inference, average }) => {
        this.page.add(average);
        this.expected.push({ inference, rows: joined(this.rows) });
        this.rows = [];
      },
    });
  }

  /**
   * Begins a stream on a board that runs the model. Throws what the client's requests throw, and `ModelError` for a
   * model that cannot listen.
   */
  static async begin(board: ConnectedBoard, model: LoadedModel): Promise<Twins> {
    let twins: Twins | null = null;
    const [ours, theirs] = [await kernelFor(model), await kernelFor(model)];
    const listener = await BoardListener.begin(board, theirs, {
      onInference: (average, _, result) => twins?.compare(average, result),
    });
    twins = new Twins(board, model, listener, ours);
    return twins;
  }

  /** Seconds of sound that the board has not heard yet. */
  get secondsBehind(): number {
    return this.waitingSamples / samplesOfSeconds(1);
  }

  /** Seconds that the board takes for a second of sound. */
  get secondsPerSecond(): number {
    return this.listener.load.secondsPerSecond;
  }

  /** Both hear the next samples, int16 at 16 kHz. */
  push(samples: Int16Array): void {
    if (this.ended) return;
    if (this.waitingSamples + samples.length > MOST_WAITING) {
      void this.end();
      this.onFault(new Error('The board is five minutes behind the sound. It is too slow for this model.'));
      return;
    }
    this.waiting.push(samples);
    this.waitingSamples += samples.length;
    this.hear(samples);
    this.sending ??= this.send();
  }

  /** Ends the comparison. What the board is being asked now is still compared. */
  async end(): Promise<void> {
    this.ended = true;
    await this.sending;
  }

  /** The page's side, a hop at a time, so that every row of features is seen. */
  private hear(samples: Int16Array): void {
    const { detector, model } = this;
    const { coefficients } = model.network.spec.input;
    for (let at = 0; at < samples.length; at += HOP_SAMPLES) {
      const { kernel } = detector;
      const { framesReady } = kernel;
      const { inferences } = detector;
      const detections = detector.push(samples.subarray(at, at + HOP_SAMPLES));
      this.page.heard(detections);
      if (kernel.framesReady === framesReady) continue;
      const from = kernel.newestRow * coefficients;
      const row = kernel.currentFeatures().slice(from, from + coefficients);
      // the row of the frame with which a result is due belongs to that result
      const last = this.expected.at(-1);
      if (detector.inferences === inferences || last === undefined) this.rows.push(row);
      else this.expected[this.expected.length - 1] = { ...last, rows: joined([last.rows, row]) };
    }
  }

  private async send(): Promise<void> {
    try {
      for (let piece = this.waiting.shift(); piece !== undefined && !this.ended; piece = this.waiting.shift()) {
        this.board.heard(await this.listener.push(piece));
        this.waitingSamples -= piece.length;
      }
    } catch (error) {
      this.ended = true;
      this.onFault(error);
    } finally {
      this.sending = null;
    }
  }

  private async compare(average: Float64Array, result: BoardInference): Promise<void> {
    const next = this.expected.shift();
    if (next === undefined) throw new RangeError('the board answers more often than the page');
    const { inference, rows } = next;
    const { labels } = this.model.network;
    const layers = this.model.network.layers.map(({ name }) => name);
    const { frames, coefficients } = this.model.network.spec.input;
    const at = frames * coefficients - rows.length;
    const { client } = this.connected;
    const features = new Int8Array(rows.length);
    for (let from = 0; from < rows.length; ) {
      const { bytes } = await client.inspectPart(INSPECT.features, 0, at + from, rows.length - from);
      features.set(new Int8Array(bytes.buffer, bytes.byteOffset, bytes.length), from);
      from += bytes.length;
    }
    const second = (result.frames * HOP_SAMPLES) / samplesOfSeconds(1);
    const place = ` at ${second.toFixed(1)} s`;
    this.compareArrays(rows, features, (k) => `coefficient ${k % coefficients} of the features${place}`);
    this.compareArrays(inference.scores, result.scores, (k) => `the score of ${labels[k]}${place}`);
    this.compareArrays(inference.spikes, result.spikes, (k) => `the spikes of ${layers[k]}${place}`);
    this.compareArrays(
      inference.synapticOperations,
      result.synapticOperations,
      (k) => `the operations of ${layers[k]}${place}`,
    );
    this.board.add(average);
  }

  private compareArrays(ours: ArrayLike<number>, theirs: ArrayLike<number>, where: (k: number) => string): void {
    for (let k = 0; k < ours.length; k++) {
      if (ours[k] === theirs[k]) {
        this.equal++;
        continue;
      }
      this.different++;
      this.firstDifference ??= `${where(k)}: page ${ours[k]}, board ${theirs[k]}`;
    }
  }
}

const joined = (rows: readonly Int8Array[]): Int8Array => new Int8Array(concatenated(rows.map(bytesOf)).buffer);

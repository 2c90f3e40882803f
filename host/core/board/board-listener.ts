import { samplesOfFrames } from '../audio/index.js';
import { type Detection, detectionAt, operatingPointOf, type PointChanges } from '../detection/index.js';
import type { Kernel } from '../kernel/index.js';
import type { BoardInference } from '../protocol/index.js';
import type { OperatingPoint } from '../quantization/index.js';
import type { ConnectedBoard } from './connected-board.js';
import { StreamLoad } from './stream-load.js';

export interface BoardListenerOptions {
  /** Changes of the model's operating point. */
  readonly point?: PointChanges;
  /**
   * Called after every inference with the average probabilities, [class], the samples of the stream up to it, and what
   * the board answered. The next request waits until it is done.
   */
  readonly onInference?: (average: Float64Array, sample: number, result: BoardInference) => unknown;
}

/**
 * Detects words with a board. The samples go to the board, its front end and network answer with scores, and the
 * detector of a kernel on the host turns these into detections, so that the operating point can be changed without
 * writing the model again. A `StreamDetector` with the same model gives the same detections.
 */
export class BoardListener {
  readonly load = new StreamLoad();
  private samples = 0;

  private constructor(
    readonly board: ConnectedBoard,
    private readonly kernel: Kernel,
    readonly point: OperatingPoint,
    private readonly samplesAtOnce: number,
    private readonly onInference: BoardListenerOptions['onInference'],
  ) {}

  /**
   * Begins a stream on a board that runs the model of `kernel`, which is used by this stream alone. Throws
   * `DetectionError` if the operating point is out of range, and what the client's requests throw.
   */
  static async begin(
    board: ConnectedBoard,
    kernel: Kernel,
    { point: changes, onInference }: BoardListenerOptions = {},
  ): Promise<BoardListener> {
    const point = operatingPointOf(kernel.network, changes);
    kernel.detectWith(point);
    kernel.beginStream();
    const { samplesAtOnce } = await board.client.clip('stream', point.hop);
    return new BoardListener(board, kernel, point, samplesAtOnce, onInference);
  }

  /**
   * Takes any number of samples of the stream, int16 at 16 kHz, and returns the detections. Only one push may run at a
   * time. Throws `PortLostError` if the board is unplugged, `BoardRestartedError`, `NoAnswerError` or `RefusedError`.
   */
  async push(samples: Int16Array): Promise<Detection[]> {
    const { board, load, kernel } = this;
    const detections: Detection[] = [];
    for (let at = 0; at < samples.length; at += this.samplesAtOnce) {
      const piece = samples.subarray(at, at + this.samplesAtOnce);
      const asked = performance.now();
      const { result } = await board.client.samples(this.samples, piece);
      load.add(piece.length, result !== null, performance.now() - asked);
      this.samples += piece.length;
      if (result === null) continue;
      kernel.detect(result.scores);
      const sample = samplesOfFrames(result.frames);
      const detection = detectionAt(kernel, sample);
      await this.onInference?.(kernel.averages, sample, result);
      if (detection !== null) detections.push(detection);
    }
    return detections;
  }
}

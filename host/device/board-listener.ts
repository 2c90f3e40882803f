import { FRAME_MS, samplesOfFrames } from '../core/audio/index.js';
import type { ConnectedBoard } from '../core/board/index.js';
import { type Detection, Detector, operatingPointOf } from '../core/detection/index.js';
import { probabilities } from '../core/kernel/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../core/quantization/index.js';
import type { Listener } from '../detection/index.js';
import { StreamLoad } from './stream-load.js';

export interface BoardListenerOptions {
  /** Values that replace those of the model. */
  readonly point?: Partial<OperatingPoint>;
  /** Called after every inference with the averaged probabilities, [class]. The next inference overwrites the array. */
  readonly onInference?: (average: Float64Array) => void;
}

/**
 * Detects words with a board. The samples go to the board, its front end and kernel answer with scores, and the host's
 * detector turns these into detections. A `StreamDetector` with the same model gives the same detections.
 */
export class BoardListener implements Listener {
  readonly load = new StreamLoad();
  private readonly detector: Detector;
  private samples = 0;

  private constructor(
    readonly board: ConnectedBoard,
    private readonly network: QuantizedNetwork,
    readonly point: OperatingPoint,
    private readonly samplesAtOnce: number,
    private readonly onInference: BoardListenerOptions['onInference'],
  ) {
    this.detector = new Detector(network.labels, point);
  }

  /**
   * Begins a stream on a board that runs this network. Throws `DetectionError` if the operating point is out of range,
   * and what the client's requests throw.
   */
  static async begin(
    board: ConnectedBoard,
    network: QuantizedNetwork,
    { point: changes, onInference }: BoardListenerOptions = {},
  ): Promise<BoardListener> {
    const point = operatingPointOf(network, changes);
    const { samplesAtOnce } = await board.client.clip('stream', point.hopMs / FRAME_MS);
    return new BoardListener(board, network, point, samplesAtOnce, onInference);
  }

  /**
   * Takes any number of samples of the stream, int16 at 16 kHz, and returns the detections. Only one push may run at a
   * time. Throws `PortLostError` if the board is unplugged, `BoardRestartedError`, `NoAnswerError` or `RefusedError`.
   */
  async push(samples: Int16Array): Promise<Detection[]> {
    const { board, load, detector, network } = this;
    const detections: Detection[] = [];
    for (let at = 0; at < samples.length; at += this.samplesAtOnce) {
      const piece = samples.subarray(at, at + this.samplesAtOnce);
      const asked = performance.now();
      const { result } = await board.client.samples(this.samples, piece);
      load.add(piece.length, result !== null, performance.now() - asked);
      this.samples += piece.length;
      if (result === null) continue;
      const chances = probabilities(result.scores, network.classifier.scale);
      const detection = detector.push(chances, samplesOfFrames(result.frames));
      this.onInference?.(detector.average);
      if (detection !== null) detections.push(detection);
    }
    return detections;
  }
}

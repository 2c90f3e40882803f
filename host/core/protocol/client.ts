import { clipWindow } from '../audio/index.js';
import { concatenated } from '../bytes.js';
import { BoardError, BoardRestartedError, PortLostError } from '../error.js';
import type { ByteStream } from './byte-stream.js';
import { checkHello } from './check-hello.js';
import * as clip from './clip-messages.js';
import { INSPECT, INSPECT_BYTES, KIND, LISTEN, type Patience, READ_BYTES, SOURCE, WRITE_BYTES } from './generated.js';
import { decodeHello, encodeHello, type Hello, helloProtocol } from './hello.js';
import { BoardLink } from './link.js';
import { type BoardHearing, decodeHearing, encodeListen } from './listen-messages.js';
import { type BoardStatistics, decodeStatistics } from './statistics.js';
import * as update from './update-messages.js';

const littleEndian = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.length);

/**
 * A board over a byte stream: one method per request; longer work is split into several requests. Methods throw what
 * `BoardLink.request` throws. Call `hello` first.
 */
export class BoardClient {
  readonly link: BoardLink;
  private readonly session = Math.floor(Math.random() * 2 ** 32);

  constructor(stream: ByteStream, patience?: (kind: number) => Patience) {
    this.link = new BoardLink(stream, patience);
  }

  get name(): string {
    return this.link.name;
  }

  /** Throws `BoardError` for a board that this version cannot talk to. */
  async hello(): Promise<Hello> {
    const body = await this.link.request(KIND.hello, encodeHello(this.session));
    const hello = checkHello(this.name, helloProtocol(body), () => decodeHello(body));
    this.link.nonce = hello.nonce;
    return hello;
  }

  /**
   * Begins an update; returns the slot that will hold the model. A model that cannot run is refused before anything is
   * erased.
   */
  async begin(model: Uint8Array, crc: number): Promise<number> {
    return update.decodeBegin(await this.link.request(KIND.begin, update.encodeBegin(model, crc)));
  }

  /** Sends the whole model, in order. */
  async write(model: Uint8Array, onProgress?: (bytes: number) => void): Promise<void> {
    for (let at = 0; at < model.length; at += WRITE_BYTES) {
      const piece = model.subarray(at, at + WRITE_BYTES);
      await this.link.request(KIND.write, update.encodeWrite(at, piece));
      onProgress?.(at + piece.length);
    }
  }

  async commit(length: number, crc: number): Promise<update.Installed> {
    return update.decodeInstalled(await this.link.request(KIND.commit, update.encodeCommit(length, crc)));
  }

  async rollback(): Promise<update.Installed> {
    return update.decodeInstalled(await this.link.request(KIND.rollback));
  }

  /** The first `length` bytes of the content of a slot. */
  async readSlot(slot: number, length: number, onProgress?: (bytes: number) => void): Promise<Uint8Array> {
    const content = new Uint8Array(length);
    for (let at = 0; at < length; at += READ_BYTES) {
      const wanted = Math.min(READ_BYTES, length - at);
      const piece = await this.link.request(KIND.read, update.encodeRead(slot, at, wanted));
      content.set(piece.subarray(0, wanted), at);
      onProgress?.(at + wanted);
    }
    return content;
  }

  /** Begins a clip, or with `hop` a stream that gives a result with every hop-th frame. */
  async clip(source: keyof typeof SOURCE, hop = 0): Promise<clip.ClipShape> {
    return clip.decodeClip(await this.link.request(KIND.clip, clip.encodeClip(SOURCE[source], hop)));
  }

  /** Sends int16 samples at 16 kHz, as many as fit in one request; `offset` is how many the clip already has. */
  async samples(offset: number, samples: Int16Array): Promise<clip.Taken> {
    const taken = clip.decodeTaken(await this.link.request(KIND.samples, clip.encodeSamples(offset, samples)));
    return { ...taken, result: taken.result && (await this.withArrays(taken.result)) };
  }

  /** Begins a clip and sends all its samples. */
  async sendSamples(samples: Int16Array): Promise<clip.ClipShape> {
    const shape = await this.clip('samples');
    const window = clipWindow(samples, shape.frames);
    for (let at = 0; at < window.length; at += shape.samplesAtOnce) {
      await this.samples(at, window.subarray(at, at + shape.samplesAtOnce));
    }
    return shape;
  }

  /** Begins a clip and sends its features: int8 [frame][coefficient]. */
  async sendFeatures(features: Int8Array): Promise<clip.ClipShape> {
    const shape = await this.clip('features');
    for (let at = 0; at < features.length; at += WRITE_BYTES) {
      const piece = features.subarray(at, at + WRITE_BYTES);
      await this.link.request(KIND.features, clip.encodeFeatures(at, piece));
    }
    return shape;
  }

  /** Recognises the clip that was sent. */
  async infer(): Promise<clip.BoardInference> {
    return this.withArrays(clip.decodeInference(await this.link.request(KIND.infer)));
  }

  /** Requests the arrays of a result if they were too long for one answer. */
  private async withArrays(result: clip.BoardInference): Promise<clip.BoardInference> {
    if (result.scores.length > 0) return result;
    const words = async (what: number): Promise<Uint32Array> => {
      const bytes = littleEndian(await this.inspect(what));
      return Uint32Array.from({ length: bytes.byteLength / 4 }, (_, k) => bytes.getUint32(4 * k, true));
    };
    return {
      ...result,
      scores: Int32Array.from(await words(INSPECT.scores)),
      spikes: await words(INSPECT.spikeCounts),
      synapticOperations: await words(INSPECT.operationCounts),
      stepCounts: await words(INSPECT.stepCounts),
    };
  }

  /** Computes layer `index`, or after the last one the classifier. Index 0 starts again. */
  async step(index: number): Promise<clip.Step> {
    return clip.decodeStep(await this.link.request(KIND.step, clip.encodeStep(index)));
  }

  /** Everything that INSPECT calls `what`, of layer or position `index`. */
  async inspect(what: number, index = 0): Promise<Uint8Array> {
    const { whole, bytes } = await this.inspectPart(what, index, 0, INSPECT_BYTES);
    const pieces = [bytes];
    for (let at = bytes.length; at < whole; at += pieces.at(-1)!.length) {
      pieces.push((await this.inspectPart(what, index, at, INSPECT_BYTES)).bytes);
      if (pieces.at(-1)!.length === 0)
        throw new BoardError(`${this.name}: INSPECT returned only ${at} of ${whole} bytes`);
    }
    return concatenated(pieces);
  }

  /** A part of it, at most `INSPECT_BYTES` from `offset` on, and the bytes of the whole. */
  async inspectPart(
    what: number,
    index: number,
    offset: number,
    length: number,
  ): Promise<{ readonly whole: number; readonly bytes: Uint8Array }> {
    const body = clip.encodeInspect(what, index, offset, length);
    return clip.decodeInspect(await this.link.request(KIND.inspect, body));
  }

  /** Asks whether the board listens with its own microphone; begins that, from the next sample on, or ends it. */
  async listen(what: keyof typeof LISTEN): Promise<BoardHearing> {
    return decodeHearing(await this.link.request(KIND.listen, encodeListen(LISTEN[what])));
  }

  async statistics(): Promise<BoardStatistics> {
    return decodeStatistics(await this.link.request(KIND.statistics));
  }

  /** Restarts the board, as after power-on; call `hello` next. */
  async restart(): Promise<void> {
    try {
      await this.link.request(KIND.restart);
    } catch (error) {
      // the answer was lost, and the board had already restarted when it was asked again; a port on USB goes with it
      if (!(error instanceof BoardRestartedError || error instanceof PortLostError)) throw error;
    }
    this.link.nonce = 0;
  }

  close(): Promise<void> {
    return this.link.close();
  }
}

import { BoardRestartedError, NoAnswerError, PortLostError, RefusedError } from '../error.js';
import type { ByteStream } from './byte-stream.js';
import { Exchange } from './exchange.js';
import { encodeFrame, FrameDecoder } from './frame.js';
import { ANSWER, EVENT, FIRST_EVENT, KIND, type Patience, STATUS } from './generated.js';
import { decodePacket, encodePacket, type Packet } from './packet.js';
import { patienceFor } from './patience.js';
import { kindName, refusalText } from './refusal-text.js';

/**
 * Requests and their answers over a line that may lose, duplicate, delay, reorder and damage frames. One request at a
 * time is sent again until its answer comes; answers to other requests and damaged frames are dropped. A caller gets
 * the answer to its own request, or an error.
 */
export class BoardLink {
  /** Called with the events that the board sends unasked. */
  onEvent: (event: Packet) => void = () => {};
  private readonly decoder = new FrameDecoder();
  private pending: Exchange | null = null;
  private queue: Promise<unknown> = Promise.resolve();
  /**
   * Starts at random, so that an answer that an earlier user of the port left on the line matches no request of ours.
   */
  private nextId = Math.floor(Math.random() * 0x10000);
  private bytesReceived = 0;
  private lost: PortLostError | null = null;
  /** The boot nonce from hello, 0 before. */
  nonce = 0;

  constructor(
    private readonly stream: ByteStream,
    /** How long to wait for each kind of request; a change applies to the next request. */
    public patience: (kind: number) => Patience = patienceFor,
  ) {
    stream.onBytes = (bytes) => this.receive(bytes);
    stream.onEnd = (reason) => this.end(reason);
  }

  get name(): string {
    return this.stream.name;
  }

  /**
   * Sends a request and returns the body of the answer. Several requests may be made at once; they are sent in turn.
   * Throws `RefusedError` with the board's reason, `NoAnswerError`, `BoardRestartedError` or `PortLostError`.
   */
  request(kind: number, body: Uint8Array = new Uint8Array(0)): Promise<Uint8Array> {
    const turn = this.queue.then(() => this.exchange(kind, body));
    this.queue = turn.catch(() => {});
    return turn;
  }

  /** Releases the port. A request in progress fails. */
  async close(): Promise<void> {
    this.end('closed');
    await this.stream.close();
  }

  private async exchange(kind: number, body: Uint8Array): Promise<Uint8Array> {
    const answer = await this.deliver(kind, body);
    if (answer.status === STATUS.ok) return answer.body;
    if (answer.status === STATUS.restarted) throw new BoardRestartedError(this.name);
    const view = new DataView(answer.body.buffer, answer.body.byteOffset, answer.body.length);
    const [detail, other] = [0, 4].map((at) => (view.byteLength >= at + 4 ? view.getUint32(at, true) : 0));
    const text = refusalText(kind, answer.status, detail, other);
    throw new RefusedError(`${this.name}: ${text}`, answer.status, detail, other);
  }

  private async deliver(kind: number, body: Uint8Array): Promise<Packet> {
    if (this.lost !== null) throw this.lost;
    const id = this.nextId;
    this.nextId = (id + 1) & 0xffff;
    const nonce = kind === KIND.hello ? 0 : this.nonce;
    const frame = encodeFrame(encodePacket({ kind, status: 0, id, nonce, body }));
    const patience = this.patience(kind);
    const received = this.bytesReceived;
    const giveUp = (): Error => {
      const seconds = Math.round(patience.tries * patience.waitMs) / 1000;
      const text = `${this.name}: no answer to ${kindName(kind)} within ${seconds} s, sent ${patience.tries} times`;
      return new NoAnswerError(text, this.bytesReceived - received);
    };
    this.pending = new Exchange(kind, id, patience, () => this.stream.write(frame), giveUp);
    try {
      this.pending.send();
      return await this.pending.answer;
    } finally {
      this.pending = null;
    }
  }

  private receive(bytes: Uint8Array): void {
    this.bytesReceived += bytes.length;
    for (const packet of this.decoder.push(bytes)) this.take(decodePacket(packet));
  }

  private take(packet: Packet): void {
    if (packet.kind >= FIRST_EVENT) {
      // a board that has restarted says so as soon as it is asked again; an event that arrives late changes nothing
      if (packet.kind === EVENT.booted && packet.nonce !== this.nonce) this.pending?.hurry();
      this.onEvent(packet);
      return;
    }
    const { pending } = this;
    if (pending === null || packet.kind !== (pending.kind | ANSWER) || packet.id !== pending.id) return;
    pending.succeed(packet);
  }

  private end(reason: string): void {
    this.lost ??= new PortLostError(this.name, reason);
    this.pending?.fail(this.lost);
  }
}

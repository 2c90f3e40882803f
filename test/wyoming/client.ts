import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface Received {
  readonly type: string;
  readonly data: Record<string, unknown>;
}

/**
 * A client of Wyoming, written from the description of the protocol: a line of JSON with `type`, and optionally `data`,
 * `data_length` and `payload_length`; then as many bytes of data in JSON; then the payload.
 */
export class WyomingClient {
  private readonly received: Received[] = [];
  private buffer = Buffer.alloc(0);
  private wake = (): void => {};

  private constructor(readonly socket: Socket) {
    socket.on('data', (bytes) => {
      this.buffer = Buffer.concat([this.buffer, bytes as Buffer]);
      this.parse();
    });
    socket.on('close', () => this.wake());
    socket.on('error', () => {});
  }

  static async connect(uri: string): Promise<WyomingClient> {
    const { protocol, hostname, port, pathname } = new URL(uri);
    const socket = protocol === 'unix:' ? connect(pathname) : connect(Number(port), hostname);
    await once(socket, 'connect');
    return new WyomingClient(socket);
  }

  private parse(): void {
    for (;;) {
      const end = this.buffer.indexOf('\n');
      if (end < 0) return;
      const header = JSON.parse(this.buffer.subarray(0, end).toString());
      const dataEnd = end + 1 + (header.data_length ?? 0);
      const all = dataEnd + (header.payload_length ?? 0);
      if (this.buffer.length < all) return;
      const data = dataEnd > end + 1 ? JSON.parse(this.buffer.subarray(end + 1, dataEnd).toString()) : {};
      this.received.push({ type: header.type, data: { ...header.data, ...data } });
      this.buffer = this.buffer.subarray(all);
      this.wake();
    }
  }

  /** Sends an event; `inHeader` puts its data into the line, as older clients do. */
  send(type: string, data: object = {}, payload: Uint8Array = new Uint8Array(), inHeader = false): void {
    const body = inHeader || Object.keys(data).length === 0 ? '' : JSON.stringify(data);
    const header = {
      type,
      ...(inHeader && { data }),
      ...(body !== '' && { data_length: Buffer.byteLength(body) }),
      ...(payload.length > 0 && { payload_length: payload.length }),
    };
    this.socket.write(Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n${body}`), payload]));
  }

  /** Sends sound in chunks of 64 ms; `format` is that of `bytes`. */
  sendSound(bytes: Uint8Array, format = { rate: 16_000, width: 2, channels: 1 }, fromMs?: number): void {
    const frame = format.width * format.channels;
    const most = Math.round(format.rate * 0.064) * frame;
    for (let at = 0; at < bytes.length; at += most) {
      const timestamp = fromMs === undefined ? null : Math.round(fromMs + (1000 * at) / frame / format.rate);
      this.send('audio-chunk', { ...format, timestamp }, bytes.subarray(at, at + most));
    }
  }

  /** Returns the next event that the service sends, and null if it closes the connection first. */
  async next(timeoutMs = 20_000): Promise<Received | null> {
    const end = performance.now() + timeoutMs;
    while (this.received.length === 0) {
      if (this.socket.closed || this.socket.readableEnded) return null;
      const left = end - performance.now();
      if (left <= 0) throw new Error('the service sends nothing');
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.received.shift() as Received;
  }

  /** Returns all events up to the answer to a ping, by which everything before it was handled. */
  async untilPong(): Promise<Received[]> {
    this.send('ping', { text: 'now' });
    const events: Received[] = [];
    for (;;) {
      const event = await this.next();
      if (event === null || event.type === 'pong') return events;
      events.push(event);
    }
  }

  close(): void {
    this.socket.destroy();
  }
}

import { once } from 'node:events';
import { crc32 } from 'node:zlib';
import { type NativeBoard, type NativeOptions, startNative } from '../native/index.js';

/** The content of a packet. The `body` of an error consists of detail and other. */
export interface RawPacket {
  readonly kind: number;
  readonly status: number;
  readonly id: number;
  readonly nonce: number;
  readonly body: Buffer;
}

/** COBS by its definition, for valid and invalid frames, independent of the code under test. */
function stuff(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  for (let block: number[] = [], at = 0; at <= bytes.length; at++) {
    if (at < bytes.length && bytes[at] !== 0) block.push(bytes[at]);
    if (at === bytes.length || bytes[at] === 0 || block.length === 254) {
      if (block.length === 0 && at === bytes.length && bytes.length > 0 && out.length > 0 && bytes[at - 1] !== 0) break;
      out.push(block.length + 1, ...block);
      block = [];
    }
  }
  return Buffer.from(out);
}

function unstuff(bytes: Uint8Array): Buffer {
  const out: number[] = [];
  for (let at = 0; at < bytes.length; at += bytes[at]) {
    out.push(...bytes.subarray(at + 1, at + bytes[at]));
    if (bytes[at] < 255 && at + bytes[at] < bytes.length) out.push(0);
  }
  return Buffer.from(out);
}

/** The bytes of a frame. */
export function frame(kind: number, id: number, nonce: number, body: Uint8Array = Buffer.alloc(0), status = 0): Buffer {
  const packet = Buffer.alloc(8 + body.length + 4);
  packet.writeUInt8(kind, 0);
  packet.writeUInt8(status, 1);
  packet.writeUInt16LE(id, 2);
  packet.writeUInt32LE(nonce, 4);
  packet.set(body, 8);
  packet.writeUInt32LE(crc32(packet.subarray(0, -4)), packet.length - 4);
  return Buffer.concat([Buffer.of(0), stuff(packet), Buffer.of(0)]);
}

/** Little-endian numbers: `words('2,4', protocol, session)`. */
export function words(sizes: string, ...values: number[]): Buffer {
  return Buffer.concat(
    sizes.split(',').map((size, k) => {
      const bytes = Buffer.alloc(Number(size));
      bytes.writeUIntLE(values[k], 0, bytes.length);
      return bytes;
    }),
  );
}

/** A native board, frame by frame. */
export class RawBoard {
  private pending = Buffer.alloc(0);
  readonly packets: RawPacket[] = [];
  nonce = 0;

  private constructor(private readonly board: NativeBoard) {
    board.port.on('data', (bytes: Buffer) => {
      this.pending = Buffer.concat([this.pending, bytes]);
      for (let end = this.pending.indexOf(0); end >= 0; end = this.pending.indexOf(0)) {
        if (end > 0) this.take(unstuff(this.pending.subarray(0, end)));
        this.pending = this.pending.subarray(end + 1);
      }
    });
  }

  /** Starts a board and waits until it says that it has booted. */
  static async start(executable: string, options: NativeOptions): Promise<RawBoard> {
    const raw = new RawBoard(startNative(executable, options));
    raw.nonce = (await raw.next()).nonce;
    return raw;
  }

  write(bytes: Uint8Array): void {
    this.board.port.write(bytes);
  }

  /** Returns the next packet, and waits for it if necessary. */
  async next(): Promise<RawPacket> {
    while (this.packets.length === 0) {
      await once(this.board.port, 'packet', { signal: AbortSignal.timeout(20_000) });
    }
    return this.packets.shift() as RawPacket;
  }

  /** Sends a request of this boot and returns the answer. */
  async ask(kind: number, id: number, body?: Uint8Array): Promise<RawPacket> {
    this.write(frame(kind, id, this.nonce, body));
    return this.next();
  }

  async stop(): Promise<void> {
    await this.board.stop();
    if (this.board.stderr() !== '') throw new Error(this.board.stderr());
  }

  private take(sealed: Buffer): void {
    const packet = sealed.subarray(0, -4);
    if (crc32(packet) !== sealed.readUInt32LE(packet.length)) throw new Error('the board sent a wrong CRC');
    this.packets.push({
      kind: packet[0],
      status: packet[1],
      id: packet.readUInt16LE(2),
      nonce: packet.readUInt32LE(4),
      body: Buffer.from(packet.subarray(8)),
    });
    this.board.port.emit('packet');
  }
}

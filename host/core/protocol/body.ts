import { BoardError } from '../error.js';

const text = new TextDecoder();

/** Reads an answer from its start; throws `BoardError` if it ends too early. Bytes after the last field are ignored. */
export class BodyReader {
  private readonly view: DataView;
  private at = 0;

  constructor(private readonly body: Uint8Array) {
    this.view = new DataView(body.buffer, body.byteOffset, body.length);
  }

  u8 = (): number => this.view.getUint8(this.take(1));
  u16 = (): number => this.view.getUint16(this.take(2), true);
  u32 = (): number => this.view.getUint32(this.take(4), true);
  /** Counts and ticks: far below 2^53. */
  u64 = (): number => Number(this.view.getBigUint64(this.take(8), true));

  skip(bytes: number): void {
    this.take(bytes);
  }

  i32s(count: number): Int32Array {
    return Int32Array.from({ length: count }, () => this.view.getInt32(this.take(4), true));
  }

  u32s(count: number): Uint32Array {
    return Uint32Array.from({ length: count }, () => this.u32());
  }

  /** Text up to the next zero byte, which is taken too. */
  text(): string {
    const end = this.body.indexOf(0, this.at);
    const from = this.at;
    this.take((end < 0 ? this.body.length + 1 : end + 1) - from);
    return text.decode(this.body.subarray(from, end));
  }

  /** Text up to the end. */
  restText(): string {
    return text.decode(this.rest());
  }

  /** Everything that is left. */
  rest(): Uint8Array {
    return this.body.slice(this.at);
  }

  private take(bytes: number): number {
    const from = this.at;
    if (from + bytes > this.body.length) {
      throw new BoardError(
        `the board's answer ends after ${this.body.length} bytes; its firmware may be a different version`,
      );
    }
    this.at += bytes;
    return from;
  }
}

/** Puts a request's body together, little-endian. */
export class BodyWriter {
  private readonly parts: number[] = [];

  u8(value: number): this {
    this.parts.push(value & 255);
    return this;
  }

  u16(value: number): this {
    return this.u8(value).u8(value >>> 8);
  }

  u32(value: number): this {
    return this.u16(value).u16(value >>> 16);
  }

  /** The body: what was written, then `tail`. */
  end(tail: Uint8Array = new Uint8Array(0)): Uint8Array {
    const body = new Uint8Array(this.parts.length + tail.length);
    body.set(this.parts);
    body.set(tail, this.parts.length);
    return body;
  }
}

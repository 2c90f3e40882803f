import { BodyReader, BodyWriter } from './body.js';
import { SHOWN_BYTES } from './generated.js';

/** The model that runs after COMMIT or ROLLBACK. */
export interface Installed {
  readonly slot: number;
  readonly sequence: number;
  readonly length: number;
  readonly crc: number;
}

/** `crc` is that of the whole model file. */
export function encodeBegin(model: Uint8Array, crc: number): Uint8Array {
  return new BodyWriter().u32(model.length).u32(crc).end(model.subarray(0, SHOWN_BYTES));
}

/** The slot that is written. */
export function decodeBegin(body: Uint8Array): number {
  return new BodyReader(body).u8();
}

export function encodeWrite(offset: number, bytes: Uint8Array): Uint8Array {
  return new BodyWriter().u32(offset).end(bytes);
}

export function encodeCommit(length: number, crc: number): Uint8Array {
  return new BodyWriter().u32(length).u32(crc).end();
}

export function decodeInstalled(body: Uint8Array): Installed {
  const reader = new BodyReader(body);
  const slot = reader.u8();
  reader.skip(3);
  return { slot, sequence: reader.u32(), length: reader.u32(), crc: reader.u32() };
}

export function encodeRead(slot: number, offset: number, length: number): Uint8Array {
  return new BodyWriter().u8(slot).u8(0).u16(length).u32(offset).end();
}

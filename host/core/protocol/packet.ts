/** kind u8, status u8, id u16, nonce u32, then the body. */
export const HEADER_BYTES = 8;
/** Bytes of a body at most, in either direction. */
export const MAX_BODY = 1024;

/** What travels in one frame. */
export interface Packet {
  /** A request's kind, that with `RESPONSE` added, or an event's. */
  readonly kind: number;
  /** 0, or why a request was refused. */
  readonly status: number;
  /** Of the request, and of the answer to it; 0 in events. 16 bits. */
  readonly id: number;
  /** What the board drew when it started: answers from before a restart are known by it. 32 bits. */
  readonly nonce: number;
  readonly body: Uint8Array;
}

/** Added to the kind of a request in the answer to it. */
export const RESPONSE = 0x80;
/** Kinds from here on are of the board's own accord. */
export const FIRST_EVENT = 0xc0;

export function encodePacket({ kind, status, id, nonce, body }: Packet): Uint8Array {
  if (body.length > MAX_BODY) throw new RangeError(`a body of ${body.length} bytes, at most ${MAX_BODY} fit`);
  const packet = new Uint8Array(HEADER_BYTES + body.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, kind);
  view.setUint8(1, status);
  view.setUint16(2, id, true);
  view.setUint32(4, nonce, true);
  packet.set(body, HEADER_BYTES);
  return packet;
}

/** `bytes` are at least a header, as `FrameDecoder` gives them. */
export function decodePacket(bytes: Uint8Array): Packet {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  return {
    kind: view.getUint8(0),
    status: view.getUint8(1),
    id: view.getUint16(2, true),
    nonce: view.getUint32(4, true),
    body: bytes.slice(HEADER_BYTES),
  };
}

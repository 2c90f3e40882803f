import { PACKET_BODY, PACKET_HEADER } from './generated.js';

/** What travels in one frame. */
export interface Packet {
  /** A request's kind, that with `ANSWER` added, or an event's. */
  readonly kind: number;
  /** 0, or why a request was refused. */
  readonly status: number;
  /** Of the request, and of the answer to it; 0 in events. 16 bits. */
  readonly id: number;
  /** What the board drew when it started: answers from before a restart are known by it. 32 bits. */
  readonly nonce: number;
  readonly body: Uint8Array;
}

export function encodePacket({ kind, status, id, nonce, body }: Packet): Uint8Array {
  if (body.length > PACKET_BODY) throw new RangeError(`a body of ${body.length} bytes, at most ${PACKET_BODY} fit`);
  const packet = new Uint8Array(PACKET_HEADER + body.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, kind);
  view.setUint8(1, status);
  view.setUint16(2, id, true);
  view.setUint32(4, nonce, true);
  packet.set(body, PACKET_HEADER);
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
    body: bytes.slice(PACKET_HEADER),
  };
}

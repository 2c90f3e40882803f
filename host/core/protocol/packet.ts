import { PACKET_BODY, PACKET_HEADER } from './generated.js';

/** The content of one frame. */
export interface Packet {
  /** The kind of a request, the same with `ANSWER` added, or the kind of an event. */
  readonly kind: number;
  /** 0, or why a request was refused. */
  readonly status: number;
  /** The same in a request and its answer; 0 in events. 16 bits. */
  readonly id: number;
  /** Drawn by the board when it started: it identifies answers from before a restart. 32 bits. */
  readonly nonce: number;
  readonly body: Uint8Array;
}

export function encodePacket({ kind, status, id, nonce, body }: Packet): Uint8Array {
  if (body.length > PACKET_BODY) throw new RangeError(`a body of ${body.length} bytes; at most ${PACKET_BODY} fit`);
  const packet = new Uint8Array(PACKET_HEADER + body.length);
  const view = new DataView(packet.buffer);
  view.setUint8(0, kind);
  view.setUint8(1, status);
  view.setUint16(2, id, true);
  view.setUint32(4, nonce, true);
  packet.set(body, PACKET_HEADER);
  return packet;
}

/** `bytes` have at least a header, as `FrameDecoder` returns them. */
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

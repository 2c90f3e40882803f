// A frame on the wire: 00 COBS(packet ‖ CRC-32 of the packet, little-endian) 00. firmware-bridge/protocol.md has a
// drawing.
import { crc32 } from '../model/index.js';
import { cobsDecode, cobsEncode, cobsLength } from './cobs.js';
import { PACKET_BODY, PACKET_HEADER } from './generated.js';

const CRC_BYTES = 4;
const LONGEST_SEALED = PACKET_HEADER + PACKET_BODY + CRC_BYTES;
/** A longer run without a zero byte is not a frame. */
const LONGEST_STUFFED = cobsLength(LONGEST_SEALED);

/** The bytes that send a packet. The zero in front ends anything half-received on the line. */
export function encodeFrame(packet: Uint8Array): Uint8Array {
  const sealed = new Uint8Array(packet.length + CRC_BYTES);
  sealed.set(packet);
  new DataView(sealed.buffer).setUint32(packet.length, crc32(packet), true);
  const stuffed = cobsEncode(sealed);
  const frame = new Uint8Array(stuffed.length + 2);
  frame.set(stuffed, 1);
  return frame;
}

/** The packet between two zero bytes, or null if these bytes are damaged or not a packet. */
function unseal(stuffed: Uint8Array): Uint8Array | null {
  const sealed = cobsDecode(stuffed);
  if (sealed === null || sealed.length < PACKET_HEADER + CRC_BYTES || sealed.length > LONGEST_SEALED) return null;
  const packet = sealed.subarray(0, sealed.length - CRC_BYTES);
  const stated = new DataView(sealed.buffer).getUint32(packet.length, true);
  return crc32(packet) === stated ? packet : null;
}

/** Finds the packets in a stream of bytes that may contain other bytes too. */
export class FrameDecoder {
  private readonly pending = new Uint8Array(LONGEST_STUFFED);
  private length = 0;
  private tooLong = false;
  /** Runs between zeros that were not a frame: a wrong speed, a boot loader's text, or damage. */
  damaged = 0;

  /** The packets that these bytes complete, each with the right CRC. */
  push(bytes: Uint8Array): Uint8Array[] {
    const packets: Uint8Array[] = [];
    for (const byte of bytes) {
      if (byte === 0) {
        const packet = this.end();
        if (packet !== null) packets.push(packet);
      } else if (this.length === this.pending.length) {
        this.tooLong = true;
      } else {
        this.pending[this.length++] = byte;
      }
    }
    return packets;
  }

  private end(): Uint8Array | null {
    if (this.length === 0) return null;
    const packet = this.tooLong ? null : unseal(this.pending.subarray(0, this.length));
    if (packet === null) this.damaged += 1;
    this.length = 0;
    this.tooLong = false;
    return packet;
  }
}

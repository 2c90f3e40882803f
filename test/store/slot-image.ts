import { crc32 } from 'node:zlib';

// The layout of a slot if the unit of programming is at most 8 bytes: firmware-bridge/protocol.md, "Slots in flash".
const HEADER_PLACE = 32;
const RECORD_PLACE = 8;
const MODEL = 1024;

/** Number of places for records in a slot. */
export const RECORD_PLACES = (MODEL - HEADER_PLACE) / RECORD_PLACE;

/** Returns a slot as it is after a store committed `model`, with these sequence numbers in order. */
export function slotImage(slotBytes: number, model: Uint8Array, sequences: readonly number[]): Buffer {
  const slot = Buffer.alloc(slotBytes, 0xff);
  slot.write('SPKS', 0, 'latin1');
  slot.writeUInt32LE(1, 4);
  slot.writeUInt32LE(model.length, 8);
  slot.writeUInt32LE(crc32(model), 12);
  slot.writeUInt32LE(crc32(slot.subarray(0, 16)), 16);
  sequences.forEach((sequence, k) => {
    slot.writeUInt32LE(sequence, HEADER_PLACE + RECORD_PLACE * k);
    slot.writeUInt32LE(~sequence >>> 0, HEADER_PLACE + RECORD_PLACE * k + 4);
  });
  slot.set(model, MODEL);
  return slot;
}

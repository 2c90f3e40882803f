import { BodyReader, BodyWriter } from './body.js';
import { COUNT_UNITS, NO_SLOT, PROTOCOL_VERSION, SLOTS } from './generated.js';

/** What a board counts as work. */
export type CountUnit = (typeof COUNT_UNITS)[number];

export interface Slot {
  /** The slot with the greater one is newer, modulo 2^32; 0 if there is no model. */
  readonly sequence: number;
  /** Bytes of the model file. */
  readonly length: number;
  /** CRC-32 of the whole model file. */
  readonly crc: number;
  /** One of `SLOT_STATE`. */
  readonly state: number;
}

/** What a board says about itself. */
export interface Hello {
  readonly protocol: number;
  readonly abi: number;
  readonly nonce: number;
  /** Bytes of a slot, and how many of them a model may take. */
  readonly slotBytes: number;
  readonly modelBytes: number;
  readonly sectorBytes: number;
  readonly programBytes: number;
  readonly maxBody: number;
  readonly kernelRamBytes: number;
  readonly ramBytes: number;
  readonly stackBytes: number;
  readonly firmwareBytes: number;
  readonly ticksPerSecond: number;
  readonly countUnit: CountUnit;
  /** The slot that runs, null for none. */
  readonly activeSlot: number | null;
  readonly modelFormat: number;
  readonly updating: boolean;
  readonly slots: readonly Slot[];
  readonly board: string;
  readonly firmware: string;
}

/** `session` is any 32-bit number that no earlier user of the board has sent. */
export function encodeHello(session: number): Uint8Array {
  return new BodyWriter().u16(PROTOCOL_VERSION).u32(session).end();
}

/** The protocol version, the one field that every version has; null for an answer that is too short for it. */
export function helloProtocol(body: Uint8Array): number | null {
  return body.length < 2 ? null : new BodyReader(body).u16();
}

function decodeSlot(reader: BodyReader): Slot {
  const slot = { sequence: reader.u32(), length: reader.u32(), crc: reader.u32(), state: reader.u8() };
  reader.skip(3);
  return slot;
}

/** Decodes an answer of this version; throws `BoardError` if it is cut off. */
export function decodeHello(body: Uint8Array): Hello {
  const reader = new BodyReader(body);
  const { u8, u16, u32 } = reader;
  const [protocol, abi, nonce] = [u16(), u16(), u32()];
  reader.skip(4);
  const [slotBytes, modelBytes, sectorBytes, programBytes, maxBody] = [u32(), u32(), u32(), u16(), u16()];
  const [kernelRamBytes, ramBytes, stackBytes, firmwareBytes, ticksPerSecond] = [u32(), u32(), u32(), u32(), u32()];
  const [countUnit, activeSlot, modelFormat, updating] = [u8(), u8(), u16(), u8()];
  reader.skip(3);
  const slots = Array.from({ length: SLOTS }, () => decodeSlot(reader));
  return {
    protocol,
    abi,
    nonce,
    slotBytes,
    modelBytes,
    sectorBytes,
    programBytes,
    maxBody,
    kernelRamBytes,
    ramBytes,
    stackBytes,
    firmwareBytes,
    ticksPerSecond,
    countUnit: COUNT_UNITS[countUnit] ?? 'none',
    activeSlot: activeSlot === NO_SLOT ? null : activeSlot,
    modelFormat,
    updating: updating !== 0,
    slots,
    board: reader.text(),
    firmware: reader.text(),
  };
}

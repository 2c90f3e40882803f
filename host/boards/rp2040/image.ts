import { encodeUf2 } from '../uf2.js';
import { crc32Mpeg2 } from './crc32-mpeg2.js';

const FLASH = 0x10000000;
/** The RP2040 in Microsoft's list of UF2 families. */
const FAMILY = 0xe48bff56;
const BOOT2_BYTES = 256;

/** Writes the CRC of the second stage of booting, which the ROM checks, into the image. */
export function sealImage(image: Uint8Array): void {
  const crc = crc32Mpeg2(image.subarray(0, BOOT2_BYTES - 4));
  new DataView(image.buffer, image.byteOffset).setUint32(BOOT2_BYTES - 4, crc, true);
}

/** Returns the file that is copied to the drive of an RP2040 that runs its own loader. */
export const uf2Of = (image: Uint8Array): Uint8Array => encodeUf2(image, FLASH, FAMILY);

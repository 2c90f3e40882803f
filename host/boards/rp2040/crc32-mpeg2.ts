/**
 * The CRC-32 that the RP2040's boot ROM checks: polynomial 0x04c11db7, initial value of ones, nothing reflected and
 * nothing inverted at the end (RP2040 datasheet, section 2.8.1.3.1).
 */
export function crc32Mpeg2(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = (crc << 1) ^ (crc & 0x80000000 ? 0x04c11db7 : 0);
  }
  return crc >>> 0;
}

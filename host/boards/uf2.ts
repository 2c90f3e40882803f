/** One block of a UF2 file, and how many bytes of the image it carries. */
const BLOCK_BYTES = 512;
const PAYLOAD_BYTES = 256;
/** That the family's number is in the block. */
const FAMILY_FLAG = 0x2000;

/**
 * Returns an image as a UF2 file, which a board's loader takes from a drive (Microsoft's "USB Flashing Format"). The
 * last block is padded with zeros. `address` is that of the first byte; `family` is the chip's number in Microsoft's
 * list.
 */
export function encodeUf2(image: Uint8Array, address: number, family: number): Uint8Array {
  const blocks = Math.ceil(image.length / PAYLOAD_BYTES);
  const file = new Uint8Array(blocks * BLOCK_BYTES);
  const view = new DataView(file.buffer);
  for (let block = 0; block < blocks; block++) {
    const at = block * BLOCK_BYTES;
    const words = [
      0x0a324655,
      0x9e5d5157,
      FAMILY_FLAG,
      address + block * PAYLOAD_BYTES,
      PAYLOAD_BYTES,
      block,
      blocks,
      family,
    ];
    for (const [k, word] of words.entries()) view.setUint32(at + 4 * k, word, true);
    file.set(image.subarray(block * PAYLOAD_BYTES, (block + 1) * PAYLOAD_BYTES), at + 32);
    view.setUint32(at + BLOCK_BYTES - 4, 0x0ab16f30, true);
  }
  return file;
}

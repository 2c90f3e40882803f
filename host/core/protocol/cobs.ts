// Consistent overhead byte stuffing (Cheshire and Baker, 1999): it removes all zeros from bytes, so that a zero can
// separate frames.

/** A block is its length + 1 and then its bytes; a block of this length is not followed by a zero. */
const LONGEST_BLOCK = 254;

/** Most bytes of the stuffed form of `length` bytes. */
export function cobsLength(length: number): number {
  return length + 1 + Math.floor(length / LONGEST_BLOCK);
}

/** The same content without a zero byte. */
export function cobsEncode(bytes: Uint8Array): Uint8Array {
  const out = new Uint8Array(cobsLength(bytes.length));
  let code = 0;
  let at = 1;
  for (const byte of bytes) {
    // a full block is closed only when something follows it, so that an end on a full block adds nothing
    if (at - code > LONGEST_BLOCK) {
      out[code] = LONGEST_BLOCK + 1;
      code = at++;
    }
    if (byte === 0) {
      out[code] = at - code;
      code = at++;
    } else {
      out[at++] = byte;
    }
  }
  out[code] = at - code;
  return out.slice(0, at);
}

/** The original content, or null for bytes that `cobsEncode` cannot have made. */
export function cobsDecode(bytes: Uint8Array): Uint8Array | null {
  if (bytes.length === 0) return null;
  const out = new Uint8Array(bytes.length - 1);
  let length = 0;
  for (let at = 0; at < bytes.length; ) {
    const code = bytes[at++];
    const end = at + code - 1;
    if (code === 0 || end > bytes.length) return null;
    while (at < end) {
      if (bytes[at] === 0) return null;
      out[length++] = bytes[at++];
    }
    if (code <= LONGEST_BLOCK && at < bytes.length) out[length++] = 0;
  }
  return out.slice(0, length);
}

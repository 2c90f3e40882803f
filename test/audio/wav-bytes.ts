/** Builds valid and invalid WAV files byte by byte, without the code under test. */
export interface Chunk {
  readonly id: string;
  readonly body: Uint8Array;
  /** The size in the header, if it is not that of the body. */
  readonly claim?: number;
}

/**
 * Returns a RIFF WAVE file with these chunks, each padded to an even length. `claim` is the size in the RIFF header.
 */
export function riff(chunks: readonly Chunk[], claim?: number): Uint8Array {
  const parts = chunks.flatMap(({ id, body, claim: size }) => [
    Buffer.from(id, 'latin1'),
    u32(size ?? body.length),
    body,
    Buffer.alloc(body.length & 1),
  ]);
  const content = Buffer.concat([Buffer.from('WAVE'), ...parts]);
  return Buffer.concat([Buffer.from('RIFF'), u32(claim ?? content.length), content]);
}

export interface FormatFields {
  readonly tag?: number;
  readonly channels?: number;
  readonly rate?: number;
  readonly bits?: number;
  readonly blockAlign?: number;
  readonly bytesPerSecond?: number;
  /** The bytes after the first 16 bytes. */
  readonly extension?: Uint8Array;
}

export function fmt(fields: FormatFields = {}): Chunk {
  const { tag = 1, channels = 1, rate = 16_000, bits = 16 } = fields;
  const blockAlign = fields.blockAlign ?? (channels * bits) / 8;
  const bytesPerSecond = fields.bytesPerSecond ?? rate * blockAlign;
  const body = Buffer.concat([
    u16(tag),
    u16(channels),
    u32(rate),
    u32(bytesPerSecond),
    u16(blockAlign),
    u16(bits),
    fields.extension ?? Buffer.alloc(0),
  ]);
  return { id: 'fmt ', body };
}

/** Returns the extension of WAVE_FORMAT_EXTENSIBLE for a format tag. */
export function extension(tag: number, validBits: number): Uint8Array {
  const tail = Buffer.from('000000001000800000aa00389b71', 'hex');
  return Buffer.concat([u16(22), u16(validBits), u32(0), u16(tag), tail]);
}

export function data(body: Uint8Array, claim?: number): Chunk {
  return { id: 'data', body, claim };
}

/** Encodes samples as little-endian integers of 8 (unsigned), 16, 24 or 32 bits. */
export function integers(samples: readonly number[], bits: number): Uint8Array {
  const bytes = Buffer.alloc((samples.length * bits) / 8);
  for (const [k, sample] of samples.entries()) {
    if (bits === 8) bytes.writeUInt8(sample + 128, k);
    else bytes.writeIntLE(sample, (k * bits) / 8, bits / 8);
  }
  return bytes;
}

export function floats(samples: readonly number[]): Uint8Array {
  return new Uint8Array(Float32Array.from(samples).buffer);
}

function u16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16LE(value);
  return bytes;
}

function u32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value);
  return bytes;
}

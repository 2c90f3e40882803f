import { promisify } from 'node:util';
import { brotliCompress, gzip, constants as zlib } from 'node:zlib';
import type { PageFile } from './page-files.js';

/** The encodings that the server has besides the bytes themselves. */
export type Encoding = 'br' | 'gzip';

/** Bytes to send, and whether they are encoded. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly encoded: boolean;
}

/** Types whose bytes are compressed already. */
const COMPRESSED = /^(?:image\/png|audio\/(?!wav))/;
/** Encoded bytes must save at least this share. */
const LEAST_GAIN = 0.03;
/** 11, the best, takes ten times as long or more. */
const BROTLI_QUALITY = 9;

const compress: Readonly<Record<Encoding, (bytes: Uint8Array) => Promise<Uint8Array>>> = {
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [zlib.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY,
        [zlib.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
  gzip: (bytes) => promisify(gzip)(bytes, { level: zlib.Z_BEST_COMPRESSION }),
};

/** What was encoded before, by file. */
const known = new WeakMap<PageFile, Map<Encoding, Promise<Encoded>>>();

/** Returns a file in an encoding, or as it is where that saves nothing. A file is encoded once. */
export async function encoded(file: PageFile, encoding: Encoding | 'identity'): Promise<Encoded> {
  const plain = { bytes: file.bytes, encoded: false };
  if (encoding === 'identity' || COMPRESSED.test(file.type)) return plain;
  const encodings = known.get(file) ?? new Map<Encoding, Promise<Encoded>>();
  known.set(file, encodings);
  const made = encodings.get(encoding) ?? encode(file, encoding);
  encodings.set(encoding, made);
  return made;
}

async function encode({ bytes }: PageFile, encoding: Encoding): Promise<Encoded> {
  const smaller = await compress[encoding](bytes);
  return smaller.length < bytes.length * (1 - LEAST_GAIN)
    ? { bytes: smaller, encoded: true }
    : { bytes, encoded: false };
}

import { SpikewordError } from '../error.js';
import { fileKind, looksLike } from '../file-kind.js';

/** A file of tensors that is not one, or not whole. */
export class TensorFileError extends SpikewordError {}

export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

interface Entry {
  dtype: string;
  shape: number[];
  data_offsets: [number, number];
}

/**
 * Encodes float32 tensors in the safetensors format: a 64-bit length, a JSON header, then the bytes of the tensors in
 * the order of the map. The same content gives the same bytes. https://github.com/huggingface/safetensors
 */
export function encodeTensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, Entry | Readonly<Record<string, string>>> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const end = offset + data.length * 4;
    header[name] = { dtype: 'F32', shape: [...shape], data_offsets: [offset, end] };
    offset = end;
  }
  const json = Buffer.from(JSON.stringify(header));
  const padded = Math.ceil(json.length / 8) * 8;
  const bytes = Buffer.alloc(8 + padded + offset, 0x20);
  bytes.writeBigUInt64LE(BigInt(padded), 0);
  json.copy(bytes, 8);
  let position = 8 + padded;
  for (const { data } of tensors.values()) {
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).copy(bytes, position);
    position += data.byteLength;
  }
  return bytes;
}

/** Decodes a file of float32 tensors; throws `TensorFileError` naming `file` and the fault. */
export function decodeTensors(
  bytes: Uint8Array,
  file: string,
): { tensors: Map<string, Tensor>; metadata: Record<string, string> } {
  const fail = (fault: string): never => {
    throw new TensorFileError(`${file}: ${fault}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes, too short for a safetensors file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > bytes.length - 8) {
    const other = fileKind(bytes) === 'checkpoint' ? '' : looksLike(bytes);
    fail(`a header of ${headerBytes} bytes in a file of ${bytes.length}${other}`);
  }
  let header: Record<string, unknown> | null = null;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
  } catch (cause) {
    throw new TensorFileError(`${file}: the header is not JSON`, { cause });
  }
  if (typeof header !== 'object' || header === null) return fail('the header is not an object');
  const start = 8 + headerBytes;
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Entry;
    if (dtype !== 'F32') fail(`tensor ${name} has type ${dtype}, expected F32`);
    if (!Array.isArray(shape) || !Array.isArray(offsets)) fail(`tensor ${name} has no shape or no offsets`);
    const [from, to] = offsets;
    const length = shape.reduce((a, b) => a * b, 1);
    const whole = [from, length].every((n) => Number.isInteger(n) && n >= 0);
    if (!(whole && to === from + length * 4 && start + to <= bytes.length)) {
      fail(`tensor ${name} [${shape}] at ${from}…${to} does not fit the file of ${bytes.length} bytes`);
    }
    const data = new Float32Array(length);
    new Uint8Array(data.buffer).set(bytes.subarray(start + from, start + to));
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata: (header.__metadata__ ?? {}) as Record<string, string> };
}

import { bytesOf, concatenated } from '../bytes.js';
import { NetworkError } from '../error.js';
import { fileKind, looksLike } from '../file-kind.js';

/** Types of elements, as the format names them. */
const ARRAYS = {
  F32: Float32Array,
  F64: Float64Array,
  I8: Int8Array,
  U8: Uint8Array,
  I16: Int16Array,
  I32: Int32Array,
  I64: BigInt64Array,
} as const;
type ElementType = keyof typeof ARRAYS;
export type TensorData = Float32Array | Float64Array | Int8Array | Uint8Array | Int16Array | Int32Array | BigInt64Array;

export interface Tensor<Data extends TensorData = TensorData> {
  readonly shape: readonly number[];
  readonly data: Data;
}

/** What a file of tensors holds. */
export interface TensorFile {
  readonly tensors: Map<string, Tensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

interface Entry {
  dtype: ElementType;
  shape: number[];
  data_offsets: [number, number];
}

function elementType(data: TensorData): ElementType {
  const found = Object.entries(ARRAYS).find(([, Type]) => data instanceof Type);
  return found![0] as ElementType;
}

/**
 * Encodes tensors in the safetensors format: a 64-bit length, a JSON header, then the bytes of the tensors in the order
 * of the map. The same content gives the same bytes. https://github.com/huggingface/safetensors
 */
export function encodeTensors(
  tensors: ReadonlyMap<string, Tensor>,
  metadata: Readonly<Record<string, string>>,
): Uint8Array {
  const header: Record<string, Entry | Readonly<Record<string, string>>> = { __metadata__: metadata };
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    const end = offset + data.byteLength;
    header[name] = { dtype: elementType(data), shape: [...shape], data_offsets: [offset, end] };
    offset = end;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  // the header ends on a multiple of 8, padded with spaces
  const padded = new Uint8Array(Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json);
  const length = new DataView(new ArrayBuffer(8));
  length.setBigUint64(0, BigInt(padded.length), true);
  return concatenated([bytesOf(length), padded, ...Array.from(tensors.values(), ({ data }) => bytesOf(data))]);
}

/** Decodes a file of tensors; throws `NetworkError` naming `file` and the fault. */
export function decodeTensors(bytes: Uint8Array, file: string): TensorFile {
  const fail = (fault: string): never => {
    throw new NetworkError(`${file}: ${fault}`);
  };
  if (bytes.length < 8) fail(`${bytes.length} bytes, too short for a safetensors file`);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const headerBytes = Number(view.getBigUint64(0, true));
  if (headerBytes > bytes.length - 8) {
    const other = fileKind(bytes) === 'checkpoint' ? '' : looksLike(bytes);
    fail(`the header claims ${headerBytes} bytes, but the file has only ${bytes.length}${other}`);
  }
  let header: Record<string, unknown> | null = null;
  try {
    header = JSON.parse(new TextDecoder().decode(bytes.subarray(8, 8 + headerBytes)));
  } catch (cause) {
    throw new NetworkError(`${file}: the header is not JSON`, { cause });
  }
  if (typeof header !== 'object' || header === null) return fail('the header is not an object');
  const start = 8 + headerBytes;
  const tensors = new Map<string, Tensor>();
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') continue;
    const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Entry;
    if (!Object.hasOwn(ARRAYS, dtype ?? '')) {
      fail(`tensor ${name} has type ${dtype}, expected ${Object.keys(ARRAYS).join(', ')}`);
    }
    if (!Array.isArray(shape) || !Array.isArray(offsets)) fail(`tensor ${name} has no shape or no offsets`);
    const [from, to] = offsets;
    const length = shape.reduce((a, b) => a * b, 1);
    const whole = [from, length].every((n) => Number.isInteger(n) && n >= 0);
    const { BYTES_PER_ELEMENT: width } = ARRAYS[dtype];
    if (!(whole && to === from + length * width && start + to <= bytes.length)) {
      fail(`tensor ${name} [${shape}] at ${from}…${to} does not fit the file of ${bytes.length} bytes`);
    }
    const data = new ARRAYS[dtype](length);
    bytesOf(data).set(bytes.subarray(start + from, start + to));
    tensors.set(name, { shape, data });
  }
  return { tensors, metadata: (header.__metadata__ ?? {}) as Record<string, string> };
}

/** A tensor of float32; throws `NetworkError` naming `file` if it is missing or has another type. */
export function float32Tensor({ tensors }: TensorFile, name: string, file: string): Tensor<Float32Array> {
  const tensor = tensors.get(name);
  if (tensor === undefined) throw new NetworkError(`${file}: tensor ${name} is missing`);
  const { shape, data } = tensor;
  if (data instanceof Float32Array) return { shape, data };
  throw new NetworkError(`${file}: tensor ${name} has type ${elementType(data)}, expected F32`);
}

import { TrainingError } from '../error.js';

const PAGE_BYTES = 65536;
/** The static data of the module is below this. */
const FIRST_BYTE = 65536;
/** A cache line, so that threads do not write to the same one. */
const ALIGNMENT = 64;

/** A shared `WebAssembly.Memory`; that name must not appear in the library's declarations either. */
export interface TrainingMemory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

/** The memory of all threads: one mebibyte, which can grow to 4 GiB. */
export function sharedMemory(): TrainingMemory {
  return new WebAssembly.Memory({ initial: 16, maximum: 65536, shared: true });
}

/** The training memory: one shared WebAssembly memory, reserved from the bottom up, never released. */
export class Arena {
  private next = FIRST_BYTE;

  constructor(private readonly memory: TrainingMemory) {}

  /** Reserves `bytes` zeros and returns their address; throws `TrainingError` if 4 GiB are not enough. */
  reserve(bytes: number): number {
    const address = this.next;
    this.next += Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
    const missing = this.next - this.memory.buffer.byteLength;
    if (missing > 0) {
      try {
        this.memory.grow(Math.ceil(missing / PAGE_BYTES));
      } catch (cause) {
        const megabytes = Math.ceil(this.next / 2 ** 20);
        throw new TrainingError(`training needs ${megabytes} MiB or more; use a smaller --batch`, { cause });
      }
    }
    return address;
  }

  /** Bytes reserved so far. */
  get bytes(): number {
    return this.next;
  }

  floats(address: number, length: number): Float32Array {
    return new Float32Array(this.memory.buffer, address, length);
  }

  doubles(address: number, length: number): Float64Array {
    return new Float64Array(this.memory.buffer, address, length);
  }

  integers(address: number, length: number): Int32Array {
    return new Int32Array(this.memory.buffer, address, length);
  }

  /** Reserves memory for signed 32-bit integers, fills it and returns its address. */
  table(values: readonly number[]): number {
    const address = this.reserve(values.length * 4);
    this.integers(address, values.length).set(values);
    return address;
  }
}

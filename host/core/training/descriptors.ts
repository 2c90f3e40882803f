import type { Arena } from './arena.js';

/** The fields of a descriptor in their order, with the type of each; every field has four bytes. */
export type Fields = Readonly<Record<string, 'i32' | 'f32'>>;

/** Bytes of one descriptor. */
export function descriptorBytes(fields: Fields): number {
  return Object.keys(fields).length * 4;
}

/** A descriptor in the training memory, as assembly/training/generated.ts reads it. */
export class Descriptor<F extends Fields> {
  readonly address: number;
  /** Offset of each field from the address, bytes. */
  private readonly offsets: ReadonlyMap<keyof F, number>;

  constructor(
    private readonly arena: Arena,
    private readonly fields: F,
    values: Readonly<Partial<Record<keyof F, number>>>,
  ) {
    this.address = arena.reserve(descriptorBytes(fields));
    this.offsets = new Map(Object.keys(fields).map((field, k) => [field, 4 * k]));
    this.set(values);
  }

  set(values: Readonly<Partial<Record<keyof F, number>>>): void {
    for (const [field, value] of Object.entries(values)) this.view(field)[0] = value as number;
  }

  get(field: keyof F): number {
    return this.view(field)[0];
  }

  private view(field: keyof F): Float32Array | Int32Array {
    const at = this.address + this.offsets.get(field)!;
    return this.fields[field] === 'f32' ? this.arena.floats(at, 1) : this.arena.integers(at, 1);
  }
}

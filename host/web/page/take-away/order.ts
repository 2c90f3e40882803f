import type { PointChanges } from '../../../core/detection/index.js';

/** An export that the page asks its worker for. */
export interface Order {
  /** The address of the page, with a slash at its end. */
  readonly base: string;
  readonly bytes: Uint8Array;
  readonly name: string;
  /** The name of a target. */
  readonly target: string;
  readonly changes: PointChanges;
}

/** What the worker made, or what was wrong. */
export type Made =
  | {
      readonly zip: Uint8Array<ArrayBuffer>;
      readonly files: number;
      readonly ramBytes: number;
      readonly leastRamBytes: number;
      /** The word that the self test detects; null if it detects none. */
      readonly testWord: string | null;
    }
  | { readonly fault: string };

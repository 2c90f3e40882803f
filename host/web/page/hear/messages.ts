import type { View } from '../history.js';
import type { News } from './session.js';

/** What the page tells the worker that listens. Streams are numbered; sound goes into the last that began. */
export type ToWorker =
  /** The compiled kernel, before anything else. */
  | { readonly kind: 'kernel'; readonly module: WebAssembly.Module }
  | { readonly kind: 'model'; readonly bytes: Uint8Array }
  | {
      readonly kind: 'begin';
      readonly stream: number;
      readonly sampleRateHz: number;
      readonly thresholds: readonly number[];
    }
  /** The stream ends, and nothing is heard until the next stream begins. */
  | { readonly kind: 'stop' }
  /** The sound of a microphone comes through a port, in `Block`s. */
  | { readonly kind: 'microphone'; readonly port: MessagePort }
  /** Samples of ±1, heard at once. */
  | { readonly kind: 'samples'; readonly stream: number; readonly samples: Float32Array; readonly last: boolean }
  /** Samples of ±1, heard as fast as they would be spoken from the one at `from` on, and before it at once. */
  | { readonly kind: 'play'; readonly stream: number; readonly samples: Float32Array; readonly from: number }
  | { readonly kind: 'thresholds'; readonly thresholds: readonly number[] }
  | { readonly kind: 'look' };

/** What the worker tells the page. */
export type FromWorker =
  | {
      readonly kind: 'news';
      readonly stream: number;
      readonly news: News;
      /** How far the worker is behind the sound, in milliseconds: 0 for recordings. */
      readonly behindMs: number;
      /** Blocks of the microphone that came, and blocks that were lost on the way. */
      readonly blocks: number;
      readonly lost: number;
      /** When this was sent, as `Date.now` tells. */
      readonly at: number;
      /** Whether this answers `samples`, or ends `play`. */
      readonly done: boolean;
    }
  | { readonly kind: 'view'; readonly stream: number; readonly view: View | null }
  | { readonly kind: 'fault'; readonly message: string };

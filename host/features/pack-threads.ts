import { availableParallelism } from 'node:os';
import type { FeatureParameters, SavedSums } from '../core/features/index.js';
import type { SamplePack } from '../dataset/index.js';
import { runOnWorkers, sharedCounter } from '../system/index.js';

export interface ExtractionOptions {
  /** Worker threads; default: one per core. */
  readonly threads?: number;
  /** Called with the number of finished clips and of all clips; not called if the result comes from the cache. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** The job to do on every clip of a pack. */
export type PackJob =
  | { readonly kind: 'features'; readonly parameters: FeatureParameters; readonly target: Int8Array }
  | { readonly kind: 'sums'; readonly frames: number };

/** The setup of a worker. All workers share its arrays. */
export interface PackSetup {
  readonly pack: ReturnType<SamplePack['descriptor']>;
  /** The next clip that no worker has taken. */
  readonly next: Int32Array;
}

/** A message of a worker: the number of clips after each piece, or the sums at its end. */
export type PackMessage = { readonly clips: number } | { readonly sums: SavedSums };

export const CLIPS_PER_PIECE = 64;

/** Does a job on every clip of a pack. A fault in one thread ends all threads and is thrown. */
export async function runOverPack(
  pack: SamplePack,
  job: PackJob,
  { threads = availableParallelism(), onProgress }: ExtractionOptions,
  onSums: (sums: SavedSums) => void = () => {},
): Promise<void> {
  const count = Math.min(threads, Math.ceil(pack.count / CLIPS_PER_PIECE));
  const setup: PackSetup = { pack: pack.descriptor(), next: sharedCounter() };
  let done = 0;
  await runOnWorkers<PackSetup, PackJob, PackMessage>(
    new URL('pack-worker.js', import.meta.url),
    new Array(count).fill(setup),
    job,
    (message) => {
      if ('sums' in message) onSums(message.sums);
      else {
        done += message.clips;
        onProgress?.(done, pack.count);
      }
    },
  );
}

import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { FeatureParameters, SavedSums } from '../core/features/index.js';
import type { SamplePack } from '../dataset/index.js';

export interface ExtractionOptions {
  /** Worker threads; default: as many as there are cores. */
  readonly threads?: number;
  /** Clips done, of clips in all. Not called when the result comes from the cache. */
  readonly onProgress?: (done: number, total: number) => void;
}

/** What to do with every clip of a pack. */
export type PackJob =
  | { readonly kind: 'features'; readonly parameters: FeatureParameters; readonly target: Int8Array }
  | { readonly kind: 'sums'; readonly frames: number; readonly onSums: (sums: SavedSums) => void };

/** What a worker is told. */
export interface WorkerTask {
  readonly pack: ReturnType<SamplePack['descriptor']>;
  readonly job: Extract<PackJob, { kind: 'features' }> | { readonly kind: 'sums'; readonly frames: number };
  /** Shared: one counter, the next piece that nobody has taken. */
  readonly nextPiece: Int32Array;
}

/** What a worker answers: after every piece, and with the sums at its end. */
export type WorkerMessage = { readonly clips: number } | { readonly sums: SavedSums };

/** Small pieces, so that a slow core does not hold up the end. */
export const CLIPS_PER_PIECE = 64;

/** Starts the workers and waits until every clip is done. A fault in one ends all and is thrown. */
export async function runOverPack(pack: SamplePack, job: PackJob, options: ExtractionOptions): Promise<void> {
  const pieces = Math.ceil(pack.count / CLIPS_PER_PIECE);
  const threads = Math.min(options.threads ?? availableParallelism(), pieces);
  const { onProgress } = options;
  let done = 0;
  const onMessage = (message: WorkerMessage): void => {
    if ('clips' in message) {
      done += message.clips;
      onProgress?.(done, pack.count);
    } else if (job.kind === 'sums') {
      job.onSums(message.sums);
    }
  };
  const workerData: WorkerTask = {
    pack: pack.descriptor(),
    job: job.kind === 'sums' ? { kind: 'sums', frames: job.frames } : job,
    nextPiece: new Int32Array(new SharedArrayBuffer(4)),
  };
  const workers = Array.from(
    { length: threads },
    () => new Worker(new URL('pack-worker.js', import.meta.url), { workerData }),
  );
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on('message', onMessage);
            worker.on('error', reject);
            worker.on('exit', () => resolve());
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
}

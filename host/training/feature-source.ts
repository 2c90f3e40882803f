import { COEFFICIENTS, type FeatureParameters } from '../core/features/index.js';
import type { AugmentationSettings } from '../core/training/index.js';
import type { SamplePack } from '../dataset/index.js';
import { sharedCounter, WorkerPool } from '../system/index.js';
import type { AugmentationJob, AugmentationSetup } from './augmentation-worker.js';

/** Where the features of each epoch's training clips come from. */
export interface FeatureSource {
  /** int8 features, [clip][frame][coefficient], in the order of the examples; valid until the epoch after the next. */
  epoch(epoch: number): Promise<Int8Array>;
  /** Begins the features of an epoch in the background, so that `epoch` need not wait. */
  prepare(epoch: number): void;
  close(): Promise<void>;
}

/** The same features in every epoch, for training without augmentation. */
export function fixedFeatures(features: Int8Array): FeatureSource {
  return { epoch: async () => features, prepare: () => {}, close: async () => {} };
}

export interface AugmentedFeaturesOptions {
  readonly pack: SamplePack;
  readonly parameters: FeatureParameters;
  readonly settings: AugmentationSettings;
  readonly seed: number;
  readonly noises: readonly Int16Array[];
  /** [clip], of `LIVE_KINDS`: what the windows of a stream show; needed when the settings are live. */
  readonly kinds?: Uint8Array;
  readonly threads: number;
}

function shared(noise: Int16Array): Int16Array {
  const copy = new Int16Array(new SharedArrayBuffer(noise.byteLength));
  copy.set(noise);
  return copy;
}

/**
 * Augmented clips through the integer front end, on worker threads: one epoch is made while the network trains on the
 * one before it. The features depend on seed, epoch and clip alone.
 */
export class AugmentedFeatures implements FeatureSource {
  private pending: { epoch: number; done: Promise<void> } | null = null;

  private constructor(
    private readonly setup: AugmentationSetup,
    private readonly pool: WorkerPool<AugmentationSetup, AugmentationJob>,
  ) {}

  /** Starts the threads. */
  static async start(options: AugmentedFeaturesOptions): Promise<AugmentedFeatures> {
    const { pack, parameters, settings, seed, noises, kinds = new Uint8Array(), threads } = options;
    const bytes = pack.count * parameters.frames * COEFFICIENTS;
    const setup: AugmentationSetup = {
      pack: pack.descriptor(),
      parameters,
      settings,
      seed,
      noises: noises.map(shared),
      kinds,
      buffers: [new Int8Array(new SharedArrayBuffer(bytes)), new Int8Array(new SharedArrayBuffer(bytes))],
      next: sharedCounter(),
    };
    const url = new URL('./augmentation-worker.js', import.meta.url);
    return new AugmentedFeatures(setup, await WorkerPool.start(url, new Array(threads).fill(setup)));
  }

  async epoch(epoch: number): Promise<Int8Array> {
    // An epoch that was begun but is not wanted still has to end before its workers take another.
    if (this.pending !== null && this.pending.epoch !== epoch) await this.pending.done;
    this.prepare(epoch);
    await this.pending?.done;
    return this.setup.buffers[epoch % 2];
  }

  prepare(epoch: number): void {
    if (this.pending?.epoch === epoch) return;
    Atomics.store(this.setup.next, 0, 0);
    const done = this.pool.run({ epoch });
    // The failure of a worker surfaces where the epoch is awaited, not as an unhandled rejection before that.
    done.catch(() => {});
    this.pending = { epoch, done };
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

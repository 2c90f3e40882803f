import { COEFFICIENTS, type FeatureParameters } from '../core/features/index.js';
import { Random } from '../core/random.js';
import { type AugmentationSettings, Convolver, roomResponses, type Spectrum } from '../core/training/index.js';
import type { AmbientPackDescriptor, SamplePack } from '../dataset/index.js';
import { sharedCounter, WorkerPool } from '../system/index.js';
import type { AugmentationJob, AugmentationSetup } from './augmentation-worker.js';

/** Gives the features of the training clips for each epoch. */
export interface FeatureSource {
  /**
   * Returns int8 features, [clip][frame][coefficient], in the order of the examples. They are valid until the epoch
   * after the next.
   */
  epoch(epoch: number): Promise<Int8Array>;
  /** Starts to compute the features of an epoch in the background, so that `epoch` does not wait. */
  prepare(epoch: number): void;
  close(): Promise<void>;
}

/** Returns a source with the same features in every epoch, for training without augmentation. */
export function fixedFeatures(features: Int8Array): FeatureSource {
  return { epoch: async () => features, prepare: () => {}, close: async () => {} };
}

export interface AugmentedFeaturesOptions {
  readonly pack: SamplePack;
  readonly parameters: FeatureParameters;
  readonly settings: AugmentationSettings;
  readonly seed: number;
  readonly noises: readonly Int16Array[];
  /** [clip], from `LIVE_KINDS`: what the windows of a stream contain; required if the settings are live. */
  readonly kinds?: Uint8Array;
  /** The label of `_unknown_`; needed when the settings are live. */
  readonly unknown?: number;
  /** Ambient sound. `kinds` may then have more windows than the pack has clips: windows of ambient sound. */
  readonly ambient?: AmbientPackDescriptor;
  readonly threads: number;
}

function shared(noise: Int16Array): Int16Array {
  const copy = new Int16Array(new SharedArrayBuffer(noise.byteLength));
  copy.set(noise);
  return copy;
}

/** Rooms in which the words of a run are heard. Their sound is 260 KB each. */
const ROOMS = 48;
/** Separates the random stream of rooms from all others, which have the same seed. */
const ROOM_STREAM = 0x2003;

function roomsOf(seed: number): Spectrum[] {
  const convolver = new Convolver();
  return roomResponses(ROOMS, new Random(ROOM_STREAM, seed)).map((response) => convolver.spectrum(response));
}

/**
 * Computes the features of augmented clips with the integer front end, on worker threads. One epoch is computed while
 * the network trains on the epoch before it. The features depend only on seed, epoch and clip.
 */
export class AugmentedFeatures implements FeatureSource {
  private pending: { epoch: number; done: Promise<void> } | null = null;

  private constructor(
    private readonly setup: AugmentationSetup,
    private readonly pool: WorkerPool<AugmentationSetup, AugmentationJob>,
  ) {}

  /** Starts the threads. */
  static async start(options: AugmentedFeaturesOptions): Promise<AugmentedFeatures> {
    const { pack, parameters, settings, seed, noises, kinds = new Uint8Array(), unknown = -1, threads } = options;
    const bytes = Math.max(pack.count, kinds.length) * parameters.frames * COEFFICIENTS;
    const setup: AugmentationSetup = {
      pack: pack.descriptor(),
      parameters,
      settings,
      seed,
      noises: noises.map(shared),
      kinds,
      ambient: options.ambient ?? null,
      rooms: settings.live === undefined || settings.live.rooms === 0 ? [] : roomsOf(seed),
      unknown,
      buffers: [new Int8Array(new SharedArrayBuffer(bytes)), new Int8Array(new SharedArrayBuffer(bytes))],
      next: sharedCounter(),
    };
    const url = new URL('./augmentation-worker.js', import.meta.url);
    return new AugmentedFeatures(setup, await WorkerPool.start(url, new Array(threads).fill(setup)));
  }

  async epoch(epoch: number): Promise<Int8Array> {
    // An epoch that was started but is not wanted must end before its workers take another.
    if (this.pending !== null && this.pending.epoch !== epoch) await this.pending.done;
    this.prepare(epoch);
    await this.pending?.done;
    return this.setup.buffers[epoch % 2];
  }

  prepare(epoch: number): void {
    if (this.pending?.epoch === epoch) return;
    Atomics.store(this.setup.next, 0, 0);
    const hasPrevious = this.pending?.epoch === epoch - 1;
    const done = this.pool.run({ epoch, hasPrevious });
    // The failure of a worker is thrown where the epoch is awaited, not before that as an unhandled rejection.
    done.catch(() => {});
    this.pending = { epoch, done };
  }

  async close(): Promise<void> {
    await this.pool.close();
  }
}

import { createHash } from 'node:crypto';
import { setImmediate } from 'node:timers/promises';
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { COEFFICIENTS, checkFeatureParameters, type FeatureParameters, FeatureSums } from '../core/features/index.js';
import type { SamplePack } from '../dataset/index.js';
import { wasmBytes } from '../system/index.js';
import { cached } from './feature-cache.js';
import { type ExtractionOptions, runOverPack } from './pack-threads.js';

/**
 * Returns the features of every clip of a pack, int8 [clip][frame][coefficient]: the same bytes on any number of
 * threads. They are kept in the cache folder under a key of the clips, the parameters and the front end.
 */
export async function extractFeatures(
  pack: SamplePack,
  parameters: FeatureParameters,
  options: ExtractionOptions = {},
): Promise<Int8Array> {
  checkFeatureParameters(parameters);
  const { frames, mean, multiplier } = parameters;
  const key = await cacheKey(pack, { result: 'features', frames, mean, multiplier });
  const bytes = await cached(key, async () => {
    const target = new Int8Array(new SharedArrayBuffer(pack.count * frames * COEFFICIENTS));
    await runOverPack(pack, { kind: 'features', parameters, target }, options);
    return new Uint8Array(target.buffer);
  });
  // A copy, because the buffer of the cache starts with a digest, and that of the threads is shared.
  return new Int8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength).slice();
}

/**
 * Returns the feature parameters of the clips of a pack, as `fitFeatureParameters` computes them. They are kept in the
 * cache folder like the features. For windows longer than a clip they are those of the clips. Throws `NetworkError`
 * for an empty pack.
 */
export async function fitOnPack(
  pack: SamplePack,
  frames: number,
  options: ExtractionOptions = {},
): Promise<FeatureParameters> {
  const key = await cacheKey(pack, { result: 'parameters', frames });
  const bytes = await cached(key, async () => {
    const sums = new FeatureSums(frames);
    await runOverPack(pack, { kind: 'sums', frames }, options, (part) => sums.merge(part));
    return Buffer.from(JSON.stringify(sums.parameters()));
  });
  return JSON.parse(Buffer.from(bytes).toString()) as FeatureParameters;
}

/** Clips hashed between two turns of the event loop, so that signals and the progress bar do not wait for all clips. */
const CLIPS_PER_TURN = 512;

/**
 * Returns the digest of everything that a result depends on: the request, the code of the front end and every sample.
 */
async function cacheKey(pack: SamplePack, spec: object): Promise<string> {
  const hash = createHash('sha256');
  hash.update(JSON.stringify({ ...spec, clips: pack.count }));
  hash.update(createHash('sha256').update(wasmBytes('frontend')).digest());
  const samples = new Int16Array(CLIP_SAMPLES);
  for (let clip = 0; clip < pack.count; clip++) {
    pack.read(clip, samples);
    hash.update(samples);
    if ((clip + 1) % CLIPS_PER_TURN === 0) await setImmediate();
  }
  return hash.digest('hex');
}

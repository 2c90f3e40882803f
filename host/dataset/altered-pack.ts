import { CLIP_SAMPLES } from '../core/audio/index.js';
import { writePack } from './pack-file.js';
import { CLIP_BYTES, SamplePack } from './sample-pack.js';

/**
 * Writes a copy of a pack to `path`, with each clip changed in place by `change`, and opens it. Throws `DatasetError`
 * if the file cannot be written.
 */
export async function alteredPack(
  pack: SamplePack,
  path: string,
  change: (samples: Int16Array, clip: number) => void,
): Promise<SamplePack> {
  await writePack(path, async (append) => {
    const samples = new Int16Array(CLIP_SAMPLES);
    for (let clip = 0; clip < pack.count; clip++) {
      pack.read(clip, samples);
      change(samples, clip);
      append(new Uint8Array(samples.buffer, 0, CLIP_BYTES));
    }
  });
  return SamplePack.open({ ...pack.descriptor(), path });
}

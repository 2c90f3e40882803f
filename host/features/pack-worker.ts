// One thread of `runOverPack`: takes pieces of the pack until none is left.

import { parentPort, workerData } from 'node:worker_threads';
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { COEFFICIENTS, FeatureSums } from '../core/features/index.js';
import { SamplePack } from '../dataset/index.js';
import { openFrontEnd } from './open-front-end.js';
import { CLIPS_PER_PIECE, type WorkerMessage, type WorkerTask } from './pack-threads.js';

const { pack: descriptor, job, nextPiece } = workerData as WorkerTask;
const pack = SamplePack.open(descriptor);
const samples = new Int16Array(CLIP_SAMPLES);
const tell = (message: WorkerMessage): void => parentPort!.postMessage(message);

/** Hands every clip that this thread gets to `use`. */
function eachClip(use: (clip: number) => void): void {
  for (;;) {
    const first = Atomics.add(nextPiece, 0, 1) * CLIPS_PER_PIECE;
    const end = Math.min(first + CLIPS_PER_PIECE, pack.count);
    if (first >= end) return;
    for (let clip = first; clip < end; clip++) {
      pack.read(clip, samples);
      use(clip);
    }
    tell({ clips: end - first });
  }
}

if (job.kind === 'features') {
  const frontEnd = openFrontEnd(job.parameters);
  const size = job.parameters.frames * COEFFICIENTS;
  eachClip((clip) => frontEnd.features(samples, job.target.subarray(clip * size, (clip + 1) * size)));
} else {
  const frontEnd = openFrontEnd();
  const sums = new FeatureSums(job.frames);
  eachClip(() => sums.add(frontEnd.rawMfcc(samples)));
  tell({ sums: sums.save() });
}
pack.close();

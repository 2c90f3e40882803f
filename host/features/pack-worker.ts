// A thread of `runOverPack`.
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { COEFFICIENTS, FeatureSums } from '../core/features/index.js';
import { SamplePack } from '../dataset/index.js';
import { serveJobs, takePieces } from '../system/index.js';
import { openFrontEnd } from './open-front-end.js';
import { CLIPS_PER_PIECE, type PackJob, type PackMessage, type PackSetup } from './pack-threads.js';

serveJobs<PackSetup, PackJob, PackMessage>(({ pack: descriptor, next }) => (job, tell) => {
  const pack = SamplePack.open(descriptor);
  const samples = new Int16Array(CLIP_SAMPLES);
  /** Calls `use` for every clip that this thread gets. */
  const eachClip = (use: (clip: number) => void): void =>
    takePieces(next, pack.count, CLIPS_PER_PIECE, (first, end) => {
      for (let clip = first; clip < end; clip++) {
        pack.read(clip, samples);
        use(clip);
      }
      tell({ clips: end - first });
    });
  try {
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
  } finally {
    pack.close();
  }
});

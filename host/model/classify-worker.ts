// A thread of `classifyPack`.
import { CLIP_SAMPLES } from '../core/audio/index.js';
import { SamplePack } from '../dataset/index.js';
import { serveJobs, takePieces } from '../system/index.js';
import { CLIPS_PER_PIECE, type ClassifyMessage, type ClassifySetup } from './classify-pack.js';
import { openKernel } from './open-kernel.js';

const clock = (): number => performance.timeOrigin + performance.now();

serveJobs<ClassifySetup, null, ClassifyMessage>(({ model, pack: descriptor, clips, next, ...results }) => {
  const { classes, scores, timesteps, clipOperations } = results;
  const kernel = openKernel(model);
  return (_, tell) => {
    const pack = SamplePack.open(descriptor);
    const samples = new Int16Array(CLIP_SAMPLES);
    const spikes = new Float64Array(kernel.plan.layers.length);
    const synapticOperations = new Float64Array(kernel.plan.layers.length);
    const began = clock();
    takePieces(next, clips.length, CLIPS_PER_PIECE, (first, end) => {
      for (let k = first; k < end; k++) {
        pack.read(clips[k], samples);
        const inference = kernel.classify(samples);
        classes[k] = inference.class;
        timesteps[k] = inference.timesteps;
        scores.set(inference.scores, k * inference.scores.length);
        for (let layer = 0; layer < spikes.length; layer++) {
          spikes[layer] += inference.spikes[layer];
          synapticOperations[layer] += inference.synapticOperations[layer];
          clipOperations[k] += inference.synapticOperations[layer];
        }
      }
      tell({ clips: end - first });
    });
    pack.close();
    tell({ spikes, synapticOperations, ramBytes: kernel.ramBytes, began, ended: clock() });
  };
});

// A thread of `classifyPack`.
import { CLIP_SAMPLES } from '../core/audio/index.js';
import type { Inference, Kernel } from '../core/kernel/index.js';
import { featureCount } from '../core/network/index.js';
import { SamplePack, type SamplePackDescriptor } from '../dataset/index.js';
import { serveJobs, takePieces } from '../system/index.js';
import { CLIPS_PER_PIECE, type ClassifyMessage, type ClassifySetup } from './classify-pack.js';
import { openKernel } from './open-kernel.js';

/** How clips are recognised. */
interface Recogniser {
  infer(clip: number): Inference;
  close(): void;
}

function fromSamples(kernel: Kernel, descriptor: SamplePackDescriptor): Recogniser {
  const pack = SamplePack.open(descriptor);
  const samples = new Int16Array(CLIP_SAMPLES);
  return {
    infer: (clip) => {
      pack.read(clip, samples);
      return kernel.classify(samples);
    },
    close: () => pack.close(),
  };
}

function fromFeatures(kernel: Kernel, features: Int8Array): Recogniser {
  const size = featureCount(kernel.plan.spec);
  return { infer: (clip) => kernel.infer(features.subarray(clip * size, (clip + 1) * size)), close: () => {} };
}

const clock = (): number => performance.timeOrigin + performance.now();

serveJobs<ClassifySetup, null, ClassifyMessage>(({ model, source, clips, next, ...results }) => {
  const { classes, scores, timesteps, clipOperations } = results;
  const kernel = openKernel(model);
  return (_, tell) => {
    const { infer, close } = source instanceof Int8Array ? fromFeatures(kernel, source) : fromSamples(kernel, source);
    const spikes = new Float64Array(kernel.plan.layers.length);
    const synapticOperations = new Float64Array(kernel.plan.layers.length);
    const began = clock();
    takePieces(next, clips.length, CLIPS_PER_PIECE, (first, end) => {
      for (let k = first; k < end; k++) {
        const inference = infer(clips[k]);
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
    close();
    tell({ spikes, synapticOperations, ramBytes: kernel.ramBytes, began, ended: clock() });
  };
});

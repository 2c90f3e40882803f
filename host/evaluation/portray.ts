import { CLIP_SAMPLES } from '../core/audio/index.js';
import { MEL_BANDS } from '../core/features/index.js';
import { probabilities } from '../core/kernel/index.js';
import type { SamplePack } from '../dataset/index.js';
import { referenceLogMel } from '../features/index.js';
import { openKernel } from '../model/index.js';
import type { ChosenClip } from './choose-clips.js';
import { type ClipPortrait, layerRaster } from './portrait.js';

/** Runs the kernel of a model file or module again on the chosen clips and keeps every spike. */
export function portrayClips(model: Uint8Array, pack: SamplePack, chosen: readonly ChosenClip[]): ClipPortrait[] {
  if (chosen.length === 0) return [];
  const kernel = openKernel(model);
  const { labels, classifier, spec } = kernel.network;
  const { frames, coefficients } = spec.input;
  const samples = new Int16Array(CLIP_SAMPLES);
  return chosen.map(({ index, reason }) => {
    pack.read(index, samples);
    const features = kernel.features(samples);
    const { inference, spikes } = kernel.trace(features);
    const chances = probabilities(inference.scores, classifier.scale);
    const answers = labels.map((label, k) => ({ label, probability: chances[k] }));
    return {
      clip: pack.names[index],
      reason,
      spoken: labels[pack.labels[index]],
      answers: answers.sort((a, b) => b.probability - a.probability),
      spectrogram: { frames, bands: MEL_BANDS, values: referenceLogMel(samples).subarray(0, frames * MEL_BANDS) },
      features: { frames, coefficients, values: features },
      rasters: kernel.plan.layers.map(({ name, convolution }, k) =>
        layerRaster(name, spikes[k], convolution.output, kernel.plan.timesteps),
      ),
      spikes: inference.spikes.reduce((sum, n) => sum + n, 0),
    };
  });
}

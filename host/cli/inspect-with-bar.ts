import { staged } from '../core/stage.js';
import { type Dataset, type Inspection, inspectDataset } from '../dataset/index.js';
import { progressBar } from './progress.js';

/** Reads every recording of a dataset, or looks it up in the cache, with a progress bar. */
export function inspectWithBar(dataset: Dataset): Promise<Inspection> {
  const recordings = dataset.clips.length + dataset.silence.length + dataset.backgroundNoise.length;
  return staged(progressBar, 'checking recordings', recordings, (onProgress) =>
    inspectDataset(dataset, { onProgress }),
  );
}

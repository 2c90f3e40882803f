import { CLIP_SAMPLES } from '../../host/core/audio/index.js';
import { openDataset, packSamples, resolveTask, taskExamples } from '../../host/dataset/index.js';
import { packagePath } from '../../host/system/package-files.js';

/** A recording of the sample dataset. */
export interface BenchClip {
  readonly name: string;
  readonly samples: Int16Array;
}

/** Returns the first training clip of every word of datasets/sample. */
export async function benchClips(): Promise<BenchClip[]> {
  const dataset = openDataset(packagePath('datasets/sample'));
  const task = resolveTask([...new Set(dataset.clips.map((clip) => clip.word))].join(','));
  const examples = taskExamples(dataset, task, 'training', 1);
  const firsts = task.labels.map((_, label) => examples.filter((example) => example.label === label)[0]);
  const pack = await packSamples(dataset, firsts);
  const clips = firsts.map((_, k) => {
    const samples = new Int16Array(CLIP_SAMPLES);
    pack.read(k, samples);
    return { name: pack.names[k], samples };
  });
  pack.close();
  return clips;
}

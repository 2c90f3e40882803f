export { loadBackgroundNoise } from './background-noise.js';
export {
  type ClipFile,
  type Dataset,
  datasetDigest,
  datasetName,
  type OpenOptions,
  openDataset,
} from './dataset.js';
export { DatasetError } from './error.js';
export { CLIP_SAMPLES, type Example, taskExamples } from './examples.js';
export { type Archive, publishedArchive } from './fetch/archive.js';
export { type FetchOptions, type FetchStage, fetchDataset } from './fetch/fetch.js';
export { splitList, writeSplitLists } from './lists.js';
export { type PackOptions, packSamples } from './pack-samples.js';
export { renderDatasetSummary } from './render-summary.js';
export { SamplePack, type SamplePackDescriptor } from './sample-pack.js';
export { SPLITS, type Split, speakerOf, splitBySpeaker } from './split.js';
export { type DatasetSummary, type PerSplit, summarizeDataset, summarizeTask, type TaskSummary } from './summary.js';
export { resolveTask, SILENCE, type Task, UNKNOWN } from './task.js';

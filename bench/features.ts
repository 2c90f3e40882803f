// Measures the frames per second of the fixed-point front end and of Meyda's MFCC, on the same clips and one thread.
// The two take turns, so that other load on the machine affects both. npm run bench:features [-- --json]

import { availableParallelism, cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { CLIP_FRAMES, CLIP_SAMPLES } from '../host/core/audio/index.js';
import { fitFeatureParameters } from '../host/core/features/index.js';
import { openDataset, packSamples, resolveTask, taskExamples } from '../host/dataset/index.js';
import { openFrontEnd } from '../host/features/index.js';
import { packagePath } from '../host/system/package-files.js';
import { meydaFrames, meydaMfcc } from './meyda-mfcc.js';

const CLIPS = 40;
const ROUNDS = 7;
/** The front end is so much faster that one round over the clips would be too short to time. */
const FRONT_END_REPEATS = 20;

const dataset = openDataset(packagePath('datasets/sample'));
const task = resolveTask([...new Set(dataset.clips.map((clip) => clip.word))].join(','));
const examples = taskExamples(dataset, task, 'training', 1);
const chosen = Array.from({ length: CLIPS }, (_, k) => examples[Math.floor((k * examples.length) / CLIPS)]);
const pack = await packSamples(dataset, chosen);
const clips = chosen.map((_, k) => {
  const samples = new Int16Array(CLIP_SAMPLES);
  pack.read(k, samples);
  return samples;
});
pack.close();

const frontEnd = openFrontEnd();
frontEnd.setParameters(
  fitFeatureParameters(
    clips.map((clip) => frontEnd.rawMfcc(clip)),
    CLIP_FRAMES,
  ),
);
const features = new Int8Array(CLIP_FRAMES * 10);
// Meyda's time does not include the conversion of clips to floating-point frames.
const frames = clips.flatMap(meydaFrames);

/** Returns the frames per second of one run of `work`. */
function rate(count: number, work: () => void): number {
  const start = performance.now();
  work();
  return (count * 1000) / (performance.now() - start);
}

const runFrontEnd = () => {
  for (let k = 0; k < FRONT_END_REPEATS; k++) for (const clip of clips) frontEnd.features(clip, features);
};
const runMeyda = () => {
  for (const frame of frames) meydaMfcc(frame);
};
runFrontEnd();
runMeyda();

const rounds = Array.from({ length: ROUNDS }, () => ({
  ours: rate(frames.length * FRONT_END_REPEATS, runFrontEnd),
  meyda: rate(frames.length, runMeyda),
}));
const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
const framesPerSecond = Math.round(median(rounds.map(({ ours }) => ours)));
const meydaFramesPerSecond = Math.round(median(rounds.map(({ meyda }) => meyda)));
const ratio = Number(median(rounds.map(({ ours, meyda }) => ours / meyda)).toFixed(1));

if (process.argv.includes('--json')) {
  console.log(JSON.stringify({ framesPerSecond, meydaFramesPerSecond, ratio }));
} else {
  console.log(`${CLIPS} clips of ${CLIP_FRAMES} frames, median of ${ROUNDS} rounds, one thread`);
  console.log(`${cpus()[0].model}, ${availableParallelism()} cores, Node ${process.version}`);
  console.log(`fixed-point WASM, int8 features  ${framesPerSecond} frames/s`);
  console.log(`Meyda, mfcc                      ${meydaFramesPerSecond} frames/s`);
  console.log(`ratio                            ${ratio}`);
}

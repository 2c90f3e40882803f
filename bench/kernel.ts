import { existsSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import { CLIP_FRAMES, CLIP_SAMPLES } from '../host/core/audio/index.js';
import { encodeModel } from '../host/core/model/index.js';
import { presetNetwork } from '../host/core/network/index.js';
import { openDataset, packSamples, resolveTask, taskExamples } from '../host/dataset/index.js';
import { fitOnPack } from '../host/features/index.js';
import { classifyPack, openKernel, readModel } from '../host/model/index.js';
import { packagePath } from '../host/system/package-files.js';
import { sparseNetwork } from './sparse-network.js';

const ROUNDS = 5;
/** Spikes per neuron of the random network, about as many as in a trained one. */
const SPIKES_PER_NEURON = 0.6;
/** Clips of one round on all threads; they take some seconds. */
const THREADED_CLIPS = 2000;
/** Fewer clips, because the dense kernel is much slower. */
const DENSE_CLIPS = 8;

const dataset = openDataset(packagePath('datasets/sample'));
const task = resolveTask([...new Set(dataset.clips.map((clip) => clip.word))].join(','));
const pack = await packSamples(dataset, taskExamples(dataset, task, 'training', 1));
const clips = Array.from({ length: pack.count }, (_, k) => {
  const samples = new Int16Array(CLIP_SAMPLES);
  pack.read(k, samples);
  return samples;
});

async function chooseModel(): Promise<{ name: string; bytes: Uint8Array }> {
  const name = 'models/gsc-17-small.spkw';
  const path = packagePath(name);
  if (existsSync(path)) return { name, bytes: readModel(path).bytes };
  const features = await fitOnPack(pack, CLIP_FRAMES);
  const spec = presetNetwork('small', { classes: 17 });
  return { name: 'random small', bytes: encodeModel(sparseNetwork(spec, features, clips, SPIKES_PER_NEURON)) };
}

const { name, bytes } = await chooseModel();
const kernel = openKernel(bytes);
const dense = openKernel(bytes, { dense: true });
const features = clips.map((clip) => kernel.features(clip));

/** Returns the inputs per second that `work` processes. */
function rate<T>(inputs: readonly T[], work: (input: T) => void): number {
  const start = performance.now();
  for (const input of inputs) work(input);
  return (inputs.length * 1000) / (performance.now() - start);
}

const threads = availableParallelism();
const many = Array.from({ length: THREADED_CLIPS }, (_, k) => k % pack.count);
const rounds = [];
for (let round = 0; round <= ROUNDS; round++) {
  const together = rate(clips, (clip) => kernel.classify(clip));
  const frontEnd = rate(clips, (clip) => kernel.features(clip));
  const network = rate(features, (map) => kernel.infer(map));
  const densely = rate(features.slice(0, DENSE_CLIPS), (map) => dense.infer(map));
  const { seconds, spikes, synapticOperations } = await classifyPack(bytes, pack, { threads, clips: many });
  const all = THREADED_CLIPS / seconds;
  // the first round warms up
  if (round > 0) rounds.push({ together, frontEnd, network, densely, all, spikes, synapticOperations });
}
pack.close();

const median = (values: number[]): number => values.sort((a, b) => a - b)[values.length >> 1];
const sum = (values: Float64Array): number => values.reduce((total, value) => total + value, 0);
const neurons = kernel.plan.layers.reduce((total, layer) => total + layer.neurons, 0);
const result = {
  clipsPerSecond: Math.round(median(rounds.map(({ all }) => all))),
  clipsPerSecondOneThread: Math.round(median(rounds.map(({ together }) => together))),
  featureShare: Number(median(rounds.map(({ together, frontEnd }) => together / frontEnd)).toFixed(3)),
  featuresPerSecond: Math.round(median(rounds.map(({ frontEnd }) => frontEnd))),
  inferencesPerSecond: Math.round(median(rounds.map(({ network }) => network))),
  denseInferencesPerSecond: Math.round(median(rounds.map(({ densely }) => densely))),
  threads,
  model: name,
  spikesPerNeuronWeighted: Number((sum(rounds[0].spikes) / THREADED_CLIPS / neurons).toFixed(3)),
  synapticOperations: Math.round(sum(rounds[0].synapticOperations) / THREADED_CLIPS),
  ramBytes: kernel.ramBytes,
  modelBytes: bytes.length,
};

if (process.argv.includes('--json')) {
  console.log(JSON.stringify(result));
} else {
  console.log(`${name}, ${bytes.length} bytes, ${kernel.ramBytes} bytes of RAM, median of ${ROUNDS} rounds`);
  console.log(`${cpus()[0].model}, ${threads} cores, Node ${process.version}`);
  console.log(`${result.spikesPerNeuronWeighted} spikes per neuron, ${result.synapticOperations} synaptic operations`);
  console.log(`samples to class, ${threads} threads  ${result.clipsPerSecond} clips/s`);
  console.log(`samples to class, 1 thread   ${result.clipsPerSecondOneThread} clips/s`);
  console.log(`  share of the front end     ${(result.featureShare * 100).toFixed(1)} %`);
  console.log(`front end alone, 1 thread    ${result.featuresPerSecond} clips/s`);
  console.log(`network alone, 1 thread      ${result.inferencesPerSecond} clips/s`);
  console.log(`network, dense, 1 thread     ${result.denseInferencesPerSecond} clips/s`);
}

// Measures the milliseconds of a training step: the reference network in turns with PyTorch, the presets, and every
// kernel on its own.
// npm run bench:train [-- --json]
// npm run bench:train -- --engine torch [--json]: clips per second of the torch engine, beside the wasm engine.

import { availableParallelism, cpus } from 'node:os';
import { performance } from 'node:perf_hooks';
import {
  initialParameters,
  type NetworkPlan,
  type PresetName,
  parameterShapes,
  planNetwork,
  presetNetwork,
} from '../host/core/network/index.js';
import { Random } from '../host/core/random.js';
import { KERNEL_LABELS, type KernelTiming, type TrainingEngine } from '../host/core/training/index.js';
import { openTrainingEngine } from '../host/training/index.js';
import { measureTorch, torchBenchText } from './torch-engine.js';
import { TorchPeer } from './torch-peer.js';

/** The number of threads, also for PyTorch. */
const THREADS = 2;
const ROUNDS = 9;
const STEPS_PER_ROUND = 3;
const PRESET_STEPS = 12;
const TIMED_CLIPS = 16;
const STEP = { learningRate: 1e-3, labelSmoothing: 0, spikePenalty: 0 };

interface Bench {
  readonly plan: NetworkPlan;
  readonly engine: TrainingEngine;
  readonly step: () => number;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1];
const round = (value: number, digits = 1): number => Number(value.toFixed(digits));

/** Returns a warmed-up engine with initial weights and a batch of noise. */
async function prepare(preset: PresetName, classes: number, batchSize: number): Promise<Bench> {
  const plan = planNetwork(presetNetwork(preset, { classes }));
  const engine = await openTrainingEngine({
    plan,
    batchSize,
    threads: THREADS,
    optimizer: {
      kind: 'adamw',
      weightDecay: 0.01,
      momentum: 0.9,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      gradientClip: 0,
    },
  });
  engine.setParameters(initialParameters(plan, 1));
  const random = new Random(1);
  const { frames, coefficients } = plan.spec.input;
  const features = Int8Array.from({ length: batchSize * frames * coefficients }, () =>
    Math.max(-128, Math.min(127, Math.round(random.normal() * 32))),
  );
  const labels = Int32Array.from({ length: batchSize }, () => random.below(classes));
  const step = (): number => {
    const start = performance.now();
    engine.step(features, labels, STEP);
    return performance.now() - start;
  };
  for (let n = 0; n < 3; n++) step();
  return { plan, engine, step };
}

/** Returns the number of weights, including the factors and offsets of batch norm. */
function weightsWithBatchNorm(plan: NetworkPlan): number {
  const counted = parameterShapes(plan).filter(({ role }) => ['weight', 'gamma', 'beta'].includes(role));
  return counted.reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
}

/** Measures steps of both in turns, so that other load on the machine affects both. */
async function compare() {
  const bench = await prepare('reference', 12, 64);
  const torch = await TorchPeer.start(THREADS);
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let n = 0; n < ROUNDS; n++) {
    ours.push(median(Array.from({ length: STEPS_PER_ROUND }, bench.step)));
    if (torch !== null) theirs.push(await torch.step(STEPS_PER_ROUND));
  }
  torch?.stop();
  const kernels = bench.engine.timeKernels(TIMED_CLIPS);
  const megabytes = bench.engine.memoryBytes / 2 ** 20;
  await bench.engine.close();
  const msPerStep = median(ours);
  const torchMsPerStep = torch === null ? null : median(theirs);
  return {
    reference: {
      /** Without batch norm. */
      weights: bench.plan.weights,
      weightsWithBatchNorm: weightsWithBatchNorm(bench.plan),
      msPerStep: round(msPerStep),
      bestMs: round(Math.min(...ours)),
      torchMsPerStep: torchMsPerStep === null ? null : round(torchMsPerStep),
      torchBestMs: torch === null ? null : round(Math.min(...theirs)),
      ratio: torchMsPerStep === null ? null : round(msPerStep / torchMsPerStep, 3),
      torchVersion: torch?.version ?? null,
      memoryMegabytes: round(megabytes),
    },
    kernels: summarize(kernels),
  };
}

/** Returns the sums over all layers: microseconds per clip, and dense-equivalent GFLOP/s on one thread. */
function summarize(timings: readonly KernelTiming[]) {
  return Object.fromEntries(
    KERNEL_LABELS.map((label) => {
      const chosen = timings.filter(({ kernel }) => kernel === label);
      const microseconds = chosen.reduce((sum, timing) => sum + timing.microseconds, 0);
      const operations = chosen.reduce((sum, timing) => sum + timing.denseOperations, 0);
      const gflops = operations === 0 ? null : round(operations / microseconds / 1000);
      return [label, { microsecondsPerClip: round(microseconds), gflops }];
    }),
  );
}

async function measurePreset(preset: PresetName, batchSize: number) {
  const { engine, step } = await prepare(preset, 17, batchSize);
  const before = process.cpuUsage();
  const times = Array.from({ length: PRESET_STEPS }, step);
  const { user, system } = process.cpuUsage(before);
  const kernels = summarize(engine.timeKernels(TIMED_CLIPS));
  await engine.close();
  const msPerStep = median(times);
  return {
    batchSize,
    msPerStep: round(msPerStep),
    bestMs: round(Math.min(...times)),
    /** Of all threads together; other load on the machine changes it less. */
    processorMsPerStep: round((user + system) / 1000 / PRESET_STEPS),
    clipsPerSecond: Math.round((batchSize * 1000) / msPerStep),
    kernels,
  };
}

async function benchWasm(json: boolean): Promise<void> {
  const { reference, kernels } = await compare();
  const presets = {
    small: await measurePreset('small', 128),
    base: await measurePreset('base', 128),
    listen: await measurePreset('listen', 128),
  };
  const machine = { cpu: cpus()[0].model, cores: availableParallelism(), node: process.version, threads: THREADS };

  if (json) {
    console.log(JSON.stringify({ reference, presets, kernels, machine }));
  } else {
    const { weights, weightsWithBatchNorm, msPerStep, torchMsPerStep, ratio } = reference;
    const torch = torchMsPerStep === null ? 'PyTorch is not installed' : `PyTorch ${torchMsPerStep} ms; ratio ${ratio}`;
    console.log(`reference: ${weights} weights, ${weightsWithBatchNorm} with batch norm`);
    console.log(`reference, batch 64, ${THREADS} threads: ${msPerStep} ms per step; ${torch}`);
    for (const [name, { msPerStep, processorMsPerStep, clipsPerSecond, batchSize }] of Object.entries(presets)) {
      const processor = `${processorMsPerStep} ms of processor time`;
      console.log(`${name}, batch ${batchSize}: ${msPerStep} ms per step (${processor}), ${clipsPerSecond} clips/s`);
    }
    console.log('kernels of reference, one thread, all layers together (dense-equivalent GFLOP/s):');
    for (const [name, { microsecondsPerClip, gflops }] of Object.entries(kernels)) {
      console.log(
        `  ${name.padEnd(16)}${microsecondsPerClip} µs per clip${gflops === null ? '' : `, ${gflops} GFLOP/s`}`,
      );
    }
  }
}

const json = process.argv.includes('--json');
if (process.argv.includes('torch')) {
  const measured = await measureTorch();
  console.log(json ? JSON.stringify(measured) : torchBenchText(measured));
} else {
  await benchWasm(json);
}

import { availableParallelism } from 'node:os';
import { initialParameters, type PresetName, planNetwork, presetNetwork } from '../host/core/network/index.js';
import { Random } from '../host/core/random.js';
import type { Engine, OptimizerSettings, StepSettings } from '../host/core/training/index.js';
import { findPython, openTrainingEngine, TorchEngine } from '../host/training/index.js';

const OPTIMIZER: OptimizerSettings = {
  kind: 'adamw',
  weightDecay: 0.01,
  momentum: 0.9,
  beta1: 0.9,
  beta2: 0.999,
  epsilon: 1e-8,
  gradientClip: 5,
};
const STEP: StepSettings = { learningRate: 1e-3, labelSmoothing: 0.1, spikePenalty: 0.1 };

/** Training clips of the 35 words in Speech Commands v0.02, and the epochs of the paper's recipe. */
const ALL_CLIPS = 84_843;
const PAPER_EPOCHS = 80;

interface Measured {
  readonly engine: string;
  readonly clipsPerSecond: number;
}

/** What is measured: the clips of a step, and the steps, which are few where processors compute a large network. */
function sizeOf(preset: PresetName, gpus: number): { batchSize: number; steps: number } {
  if (preset === 'small') return { batchSize: 128, steps: 20 };
  return gpus > 0 ? { batchSize: 64, steps: 50 } : { batchSize: 8, steps: 2 };
}

/** Takes a step to warm up, then the others, and returns the clips per second of these, with commands and files. */
async function measure(
  engine: Engine,
  preset: PresetName,
  { batchSize, steps }: { batchSize: number; steps: number },
): Promise<number> {
  const plan = planNetwork(presetNetwork(preset, { classes: 35 }));
  await engine.setParameters(initialParameters(plan, 1));
  const random = new Random(1);
  const { frames, coefficients } = plan.spec.input;
  const clips = batchSize * steps;
  const features = Int8Array.from({ length: clips * frames * coefficients }, () =>
    Math.max(-128, Math.min(127, Math.round(random.normal() * 32))),
  );
  const labels = Int32Array.from({ length: clips }, () => random.below(35));
  const order = Int32Array.from({ length: clips }, (_, clip) => clip);
  const take = (count: number): Promise<number | null> =>
    engine.takeSteps(
      { features, labels, order: order.subarray(0, count * batchSize), settings: new Array(count).fill(STEP) },
      async () => {},
    );
  await take(1);
  const began = performance.now();
  await take(steps);
  return (clips * 1000) / (performance.now() - began);
}

/** Measures the clips per second of `small` and `paper` in training, by engine, device and number of processes. */
export async function measureTorch() {
  const python = findPython();
  const device = python.gpus > 0 ? 'cuda' : 'cpu';
  const threads = availableParallelism();
  const counts = [1, 2, 4, 8].filter((count) => count <= (python.gpus > 0 ? python.gpus : threads));
  const presets: Record<string, Measured[]> = {};
  for (const preset of ['small', 'paper'] as const) {
    const size = sizeOf(preset, python.gpus);
    const settings = { plan: planNetwork(presetNetwork(preset, { classes: 35 })), optimizer: OPTIMIZER, threads };
    const measured: Measured[] = [];
    const add = async (name: string, engine: Engine): Promise<void> => {
      try {
        measured.push({ engine: name, clipsPerSecond: Number((await measure(engine, preset, size)).toPrecision(3)) });
      } finally {
        await engine.close();
      }
    };
    await add(`wasm, ${threads} threads`, await openTrainingEngine({ ...settings, batchSize: size.batchSize }));
    for (const processes of counts) {
      const options = { ...settings, batchSize: size.batchSize, device, processes } as const;
      await add(`torch, ${device}, processes: ${processes}`, await TorchEngine.create(options, python));
    }
    presets[preset] = measured;
  }
  const fastest = Math.max(...presets.paper.map(({ clipsPerSecond }) => clipsPerSecond));
  const paperHours = Number(((ALL_CLIPS * PAPER_EPOCHS) / fastest / 3600).toPrecision(3));
  return { torch: python.torch, presets, paperHours };
}

/** Returns the measurements as text. */
export function torchBenchText({ torch, presets, paperHours }: Awaited<ReturnType<typeof measureTorch>>): string {
  const rows = Object.entries(presets).flatMap(([preset, measured]) =>
    measured.map(({ engine, clipsPerSecond }) => `${preset}: ${engine}: ${clipsPerSecond} clips/s`),
  );
  const whole = `paper, 35 words, ${PAPER_EPOCHS} epochs of ${ALL_CLIPS} clips: ${paperHours} hours at the fastest of these`;
  return [`PyTorch ${torch}`, ...rows, whole].join('\n');
}

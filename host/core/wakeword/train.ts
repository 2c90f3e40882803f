import { windowSamples } from '../audio/index.js';
import type { CompiledModule } from '../compiled-module.js';
import { TrainingError } from '../error.js';
import { FrontEnd } from '../features/index.js';
import { type Checkpoint, planNetwork, withNewHead } from '../network/index.js';
import { Random } from '../random.js';
import { Convolver, learningRateAt, roomResponses, type StartThreads, TrainingEngine } from '../training/index.js';
import { type CounterExamples, scaledFor } from './counter-examples.js';
import { type WakeWordClip, WindowMaker } from './windows.js';

/** What a wake word is trained with, other than the recordings. */
export interface WakeWordSetting {
  /** A network that listens; the new one keeps all of it but the classifier, and goes on from there. */
  readonly trunk: Checkpoint;
  readonly counterExamples: CounterExamples;
  /** dist/wasm/trainer.wasm and frontend.wasm, compiled. */
  readonly modules: { readonly trainer: CompiledModule; readonly frontEnd: CompiledModule };
  readonly threads: number;
  readonly startThreads?: StartThreads;
  /** int16, a second each: recordings of other words by the same people, if there are any. */
  readonly others?: readonly Int16Array[];
  /** Default: 1. */
  readonly seed?: number;
  /** Steps of 128 windows; default: `WAKE_WORD_STEPS`. */
  readonly steps?: number;
  /** Called between steps, so that the caller can do other work. */
  readonly onProgress?: (done: number, total: number) => Promise<void> | void;
}

/** Enough for twenty recordings: with more, words that sound alike are not told apart any better. */
export const WAKE_WORD_STEPS = 360;
const BATCH = 128;
/** Windows are drawn again after so many steps. */
const STEPS_PER_DRAW = 24;
/** Each draw is used so many times. */
const USES = 2;
const LEARNING_RATE = 0.004;
const SPIKE_PENALTY = 0.1;
const ROOMS = 16;
/** Random streams of their own. */
const STREAMS = { windows: 0x3a4e, shuffle: 0x3a4f, rooms: 0x3a50 } as const;

/**
 * Trains a network on a few recordings of one or more words, from a network that knows others.
 *
 * @param words the words to hear; labels of the clips are indices into them
 * @throws TrainingError without recordings of a word, or if the training diverges
 */
export async function trainWakeWord(
  words: readonly string[],
  clips: readonly WakeWordClip[],
  setting: WakeWordSetting,
): Promise<Checkpoint> {
  const missing = words.find((_, label) => !clips.some((clip) => clip.label === label));
  if (missing !== undefined) throw new TrainingError(`there is no recording of '${missing}'`);
  const { trunk, modules, threads, startThreads, others = [], seed = 1, steps = WAKE_WORD_STEPS, onProgress } = setting;
  const { spec, labels, parameters } = withNewHead(trunk, [...words, '_unknown_', '_silence_'], seed);
  const { frames } = trunk.features;
  const convolver = new Convolver();
  const maker = new WindowMaker(
    {
      ...{ clips, others, words, convolver },
      counterExamples: scaledFor(setting.counterExamples, trunk.features),
      frontEnd: FrontEnd.create(modules.frontEnd, trunk.features),
      rooms: roomResponses(ROOMS, new Random(STREAMS.rooms, seed)).map((response) => convolver.spectrum(response)),
    },
    frames,
    windowSamples(frames),
  );
  const engine = await TrainingEngine.create({
    plan: planNetwork(spec),
    batchSize: BATCH,
    module: modules.trainer,
    threads,
    startThreads,
    optimizer: {
      kind: 'adamw',
      weightDecay: 0.02,
      ...{ momentum: 0.9, beta1: 0.9, beta2: 0.999, epsilon: 1e-8, gradientClip: 5 },
    },
  });
  const schedule = { kind: 'cosine', learningRate: LEARNING_RATE, warmupEpochs: 1, milestones: [], factor: 1 } as const;
  try {
    engine.setParameters(parameters);
    const size = frames * spec.input.coefficients;
    const [batch, batchLabels] = [new Int8Array(BATCH * size), new Int32Array(BATCH)];
    let drawn = maker.make(STEPS_PER_DRAW * BATCH, STREAMS.windows, seed, 0);
    for (let step = 0; step < steps; ) {
      const use = Math.floor(step / STEPS_PER_DRAW);
      if (step > 0 && use % USES === 0) drawn = maker.make(STEPS_PER_DRAW * BATCH, STREAMS.windows, seed, use / USES);
      const order = new Random(STREAMS.shuffle, seed, use).shuffle(Int32Array.from(drawn.labels, (_, k) => k));
      for (let first = 0; first < order.length && step < steps; first += BATCH, step++) {
        for (let k = 0; k < BATCH; k++) {
          const window = order[first + k];
          batch.set(drawn.features.subarray(window * size, (window + 1) * size), k * size);
          batchLabels[k] = drawn.labels[window];
        }
        const learningRate = learningRateAt(schedule, step, steps, STEPS_PER_DRAW);
        const { loss } = engine.step(batch, batchLabels, {
          learningRate,
          labelSmoothing: 0,
          spikePenalty: SPIKE_PENALTY,
        });
        if (!Number.isFinite(loss)) throw new TrainingError(`the loss is ${loss} in step ${step + 1}`);
        await onProgress?.(step + 1, steps);
      }
    }
    const { spikeword } = trunk.provenance;
    return {
      ...{ spec, labels, features: trunk.features, parameters: engine.parameters() },
      provenance: {
        spikeword,
        task: `live:${words.join()}`,
        dataset: trunk.provenance.dataset,
        ...{ seed, epochs: 1, validationAccuracy: null },
      },
    };
  } finally {
    await engine.close();
  }
}

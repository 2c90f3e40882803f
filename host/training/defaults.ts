import { NetworkError } from '../core/error.js';
import { type NeuronKind, PRESET_NAMES, type PresetName, presetNetwork } from '../core/network/index.js';
import type { AugmentationSettings } from '../core/training/index.js';
import { resolveTask } from '../dataset/index.js';
import type { TrainingConfig } from './config.js';

/** What a preset's training leaves open. */
export interface TrainingChoice {
  readonly data: string;
  readonly task: string;
  /** Labels of the task. */
  readonly classes: number;
  readonly preset: string;
  /** Default `atif-u`. */
  readonly neuron?: NeuronKind;
  /** Default 4. */
  readonly timesteps?: number;
}

/** Where the presets' trainings differ. `tiny` is for small corpora: small batches make enough steps of few clips. */
const RECIPES: Readonly<Record<PresetName, { epochs: number; batchSize: number; learningRate: number }>> = {
  tiny: { epochs: 60, batchSize: 32, learningRate: 1e-2 },
  small: { epochs: 60, batchSize: 128, learningRate: 1.5e-2 },
  base: { epochs: 60, batchSize: 128, learningRate: 1.5e-2 },
  reference: { epochs: 40, batchSize: 64, learningRate: 2e-3 },
  paper: { epochs: 60, batchSize: 64, learningRate: 1e-3 },
};

/** Learning rate that takes the place of a preset's when SGD with momentum does. */
export const SGD_LEARNING_RATE = 0.1;

/** Epochs, clips per step and AdamW's learning rate of a preset; throws `NetworkError` for a name that is none. */
export function presetRecipe(preset: string): { epochs: number; batchSize: number; learningRate: number } {
  if (!Object.hasOwn(RECIPES, preset)) {
    throw new NetworkError(`preset ${JSON.stringify(preset)} does not exist: ${PRESET_NAMES.join(', ')}`);
  }
  return RECIPES[preset as PresetName];
}

const CLIP_AUGMENTATION: AugmentationSettings = {
  shiftMs: 100,
  gainDb: 6,
  noise: 0.7,
  snrDb: [5, 30],
  masks: 0,
  maskFrames: 6,
  maskCoefficients: 1,
};

/**
 * Of a network that listens more is asked than the right winner: a word that it does not know must leave its scores low.
 * Smoothed labels teach it not to be sure, which takes that distance away, and spikes are worth more than they cost.
 */
const LIVE_LOSS = { labelSmoothing: 0, spikePenalty: 0.03 };
const CLIP_LOSS = { labelSmoothing: 0.1, spikePenalty: 0.1 };

/** A microphone may be near or far, its word anywhere in the window, and noise nearly as loud. */
const LIVE_AUGMENTATION: AugmentationSettings = {
  ...CLIP_AUGMENTATION,
  shiftMs: 0,
  gainDb: 15,
  noise: 0.9,
  snrDb: [0, 25],
  live: {
    wordInside: 0.9,
    pieceInside: [0.15, 0.4],
    pieces: 0.2,
    joined: 0.3,
    neighbour: 0.2,
    speed: 0.1,
    silenceDb: [-70, -10],
  },
};

/** The training that a preset gets when nothing else is said. */
export function defaultConfig(choice: TrainingChoice): TrainingConfig {
  const { epochs, batchSize, learningRate } = presetRecipe(choice.preset);
  const { data, task, preset, ...network } = choice;
  const { live } = resolveTask(task);
  return {
    data,
    resample: false,
    task,
    network: presetNetwork(preset, network),
    seed: 1,
    epochs,
    batchSize,
    optimizer: {
      kind: 'adamw',
      weightDecay: 0.02,
      momentum: 0.9,
      beta1: 0.9,
      beta2: 0.999,
      epsilon: 1e-8,
      gradientClip: 5,
    },
    schedule: { kind: 'cosine', learningRate, warmupEpochs: 2, milestones: [0.5, 0.75, 0.9], factor: 0.1 },
    ...(live ? LIVE_LOSS : CLIP_LOSS),
    augmentation: live ? LIVE_AUGMENTATION : CLIP_AUGMENTATION,
  };
}

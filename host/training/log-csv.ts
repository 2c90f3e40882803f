import type { EpochLog } from './epoch-log.js';

/** The columns of log.csv, for spreadsheets: everything in the log that is one number per epoch. */
const COLUMNS: Readonly<Record<string, (epoch: EpochLog) => number | boolean | null>> = {
  epoch: ({ epoch }) => epoch,
  loss: ({ loss }) => loss,
  training_accuracy: ({ trainingAccuracy }) => trainingAccuracy,
  validation_loss: ({ validationLoss }) => validationLoss,
  validation_accuracy: ({ validationAccuracy }) => validationAccuracy,
  validation_miss_rate: ({ validationMissRate }) => validationMissRate,
  best: ({ best }) => best,
  learning_rate: ({ learningRate }) => learningRate,
  spikes_per_neuron: ({ spikesPerNeuron }) => spikesPerNeuron?.mean ?? null,
  spikes_per_neuron_weighted: ({ spikesPerNeuron }) => spikesPerNeuron?.weighted ?? null,
  clips_per_second: ({ clipsPerSecond }) => clipsPerSecond,
  seconds: ({ seconds }) => seconds,
};

/** Returns the log as comma-separated values (RFC 4180, with line feeds), one line an epoch below the names. */
export function logCsv(epochs: readonly EpochLog[]): string {
  const rows = epochs.map((epoch) => Object.values(COLUMNS).map((value) => value(epoch) ?? ''));
  return [Object.keys(COLUMNS), ...rows].map((cells) => `${cells.join()}\n`).join('');
}

import { millisecondsOf } from '../audio/index.js';
import type { Kernel } from '../kernel/index.js';

/** A word that was detected in a stream. */
export interface Detection {
  readonly word: string;
  /** Index of the word in the model's labels. */
  readonly label: number;
  /** Its average probability, 0 to 1. */
  readonly score: number;
  /** How many samples of the stream had arrived when it was detected, and the same in milliseconds. */
  readonly sample: number;
  readonly timeMs: number;
}

/** Returns what the kernel's last inference detected, made when `sample` samples of the stream had arrived. */
export function detectionAt(kernel: Kernel, sample: number): Detection | null {
  const { detected } = kernel;
  if (detected === null) return null;
  const { label, score } = detected;
  return { word: kernel.network.labels[label], label, score, sample, timeMs: millisecondsOf(sample) };
}

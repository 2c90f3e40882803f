import { SILENCE } from '../core/dataset/index.js';
import { type Evidence, voicesOf } from '../core/statistics/index.js';
import type { Example } from './examples.js';
import type { Task } from './task.js';

/** Returns what is behind the figures on examples of a task. */
export function evidenceOf({ labels }: Task, examples: readonly Example[]): Evidence {
  const silence = labels.indexOf(SILENCE);
  const present = new Set(examples.map(({ label }) => label));
  return {
    voices: voicesOf(examples.flatMap(({ clip, label }) => (clip === null || label === silence ? [] : [clip]))),
    missingWords: labels.filter((_, label) => !present.has(label)),
  };
}

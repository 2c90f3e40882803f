// Formats the figures of an evaluation, for the terminal and for the page.
import { countText, percentText } from '../core/text/index.js';

/** 3632 → `3,632`, 0.4 → `0.40`: boards are slow. */
export function clipRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(2) : countText(perSecond);
}

/** 3.63 → `3.6 ×`: how many times as many multiply-accumulates as synaptic operations. */
export function savings(macs: number, synapticOperations: number): string {
  return synapticOperations > 0 ? `${(macs / synapticOperations).toFixed(1)} ×` : '–';
}

/** `down,go` → `down, go`: a list of many words is broken between them. */
export function taskText(task: string): string {
  return task.replaceAll(',', ', ');
}

/** `atif-u` with four timesteps → `atif-u, T = 4` */
export function neurons(neuron: string, timesteps: number): string {
  return `${neuron}, T = ${timesteps}`;
}

/** Returns what the kernel was compared with and the accuracy of that, or why it was not compared. */
export function agreementNote(agreementWith: string, floatAccuracy: number | null): string {
  return floatAccuracy === null ? agreementWith : `${agreementWith}, ${percentText(floatAccuracy)} accurate`;
}

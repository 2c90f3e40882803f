/** How figures are written, in the terminal and on the page alike. */

const grouped = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** 0.9245 → `92.45 %` */
export function percent(fraction: number, digits = 2): string {
  return `${(fraction * 100).toFixed(digits)} %`;
}

/** 3632 → `3,632` */
export function count(value: number): string {
  return grouped.format(value);
}

/** 3632 → `3,632`, 0.4 → `0.40`: boards take their time */
export function clipRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(2) : count(perSecond);
}

/** 98304 → `96.0 KiB` */
export function binaryBytes(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  return bytes < 1024 ** 2 ? `${(bytes / 1024).toFixed(1)} KiB` : `${(bytes / 1024 ** 2).toFixed(1)} MiB`;
}

/** 11.83 → `11.8 ×`: how many times fewer synaptic operations than dense multiply-accumulates. */
export function savings(denseMacs: number, synapticOperations: number): string {
  return synapticOperations > 0 ? `${(denseMacs / synapticOperations).toFixed(1)} ×` : '–';
}

/** `atif-u` on four timesteps → `atif-u, T = 4` */
export function neurons(neuron: string, timesteps: number): string {
  return `${neuron}, T = ${timesteps}`;
}

/** What the kernel was compared with and how well that does by itself, or why it was not compared. */
export function agreementNote(agreementWith: string, floatAccuracy: number | null): string {
  return floatAccuracy === null ? agreementWith : `${agreementWith}, ${percent(floatAccuracy)} accurate`;
}

import { percentText } from '../../core/text/index.js';

/** Returns a fraction as a percentage, with one decimal place only below 10 %. */
export const percent = (fraction: number): string => percentText(fraction, fraction < 0.1 && fraction > 0 ? 1 : 0);

/** Returns a class name for display: silence instead of _silence_. */
export const labelText = (label: string): string => label.replace(/^_(.+)_$/, '$1');

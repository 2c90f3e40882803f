import { percentText } from '../../core/text/index.js';

/** A share as the page shows it: a digit behind the point only where it says something. */
export const percent = (fraction: number): string => percentText(fraction, fraction < 0.1 && fraction > 0 ? 1 : 0);

/** A class as people read it: silence, not _silence_. */
export const labelText = (label: string): string => label.replace(/^_(.+)_$/, '$1');

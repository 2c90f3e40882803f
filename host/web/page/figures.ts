const NUMBER = new Intl.NumberFormat('en');
const COMPACT = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 3 });

export const whole = (value: number): string => NUMBER.format(Math.round(value));
/** Three digits and a unit: 4.33 M, 281 k. */
export const compact = (value: number): string =>
  COMPACT.format(value).replace(/[a-z]+$/i, (unit) => `\u00a0${unit === 'K' ? 'k' : unit}`);
export const percent = (fraction: number): string =>
  `${(fraction * 100).toFixed(fraction < 0.1 && fraction > 0 ? 1 : 0)} %`;
export const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(bytes < 10_000 ? 1 : 0)} kB`;

/** A class as people read it: silence, not _silence_. */
export const labelText = (label: string): string => label.replace(/^_(.+)_$/, '$1');

/** Milliseconds of a stream as minutes and seconds: 0:03.5. */
export function clock(ms: number): string {
  const tenths = Math.floor(ms / 100);
  const seconds = (tenths % 600) / 10;
  return `${Math.floor(tenths / 600)}:${seconds.toFixed(1).padStart(4, '0')}`;
}

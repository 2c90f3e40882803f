import { make } from './element.js';

/** Lets the browser save bytes as a file. */
export function saveFile(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([Uint8Array.from(bytes)], { type: 'application/octet-stream' }));
  make('a', { href: url, download: name }).click();
  // the browser has to begin before the address goes
  window.setTimeout(() => URL.revokeObjectURL(url), 60_000);
}

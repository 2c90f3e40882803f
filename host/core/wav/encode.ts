import { SAMPLE_RATE_HZ } from '../audio/index.js';

/** A mono 16-bit WAV file at 16 kHz, laid out like those of Speech Commands. */
export function encodeWav(samples: Int16Array): Uint8Array {
  const wav = new Uint8Array(44 + samples.length * 2);
  const view = new DataView(wav.buffer);
  const text = (offset: number, letters: string): void => {
    for (let k = 0; k < letters.length; k++) wav[offset + k] = letters.charCodeAt(k);
  };
  text(0, 'RIFF');
  view.setUint32(4, wav.length - 8, true);
  text(8, 'WAVEfmt ');
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, SAMPLE_RATE_HZ, true);
  view.setUint32(28, SAMPLE_RATE_HZ * 2, true);
  view.setUint16(32, 2, true);
  view.setUint16(34, 16, true);
  text(36, 'data');
  view.setUint32(40, samples.length * 2, true);
  for (let k = 0; k < samples.length; k++) view.setInt16(44 + 2 * k, samples[k], true);
  return wav;
}

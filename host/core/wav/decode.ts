import wavDecoder from 'wav-decoder';
import { WavError } from '../error.js';
import type { WavLayout } from './riff.js';

/**
 * The samples of a file that `checkWav` has checked: ±1, the mean of all channels, at the file's own rate. Throws
 * `WavError` for a sample that is not a finite number.
 */
export function monoSamples(bytes: Uint8Array, layout: WavLayout, file: string): Float32Array {
  const mono = mixDown(wavDecoder.decode.sync(normalise(bytes, layout), { symmetric: true }).channelData);
  if (layout.encoding === 'float') refuseNonFinite(mono, file);
  return mono;
}

/**
 * The checked samples as the smallest WAV file that wav-decoder 1.3.0 reads correctly: a 16-byte PCM or float fmt chunk
 * and the data. It decodes the lowest 24-bit value as +1 and has no zero at 8 bits with `symmetric`, so these two are
 * widened, exactly, to 32 and 16 bits.
 */
function normalise(bytes: Uint8Array, layout: WavLayout): ArrayBuffer {
  const { encoding, channels, sampleRateHz, bitsPerSample, dataOffset, dataBytes } = layout;
  const bits = { 8: 16, 24: 32 }[bitsPerSample] ?? bitsPerSample;
  const samples = (dataBytes * 8) / bitsPerSample;
  const frameBytes = (channels * bits) / 8;
  const wav = new ArrayBuffer(44 + (samples * bits) / 8);
  const view = new DataView(wav);
  const target = new Uint8Array(wav, 44);
  const source = bytes.subarray(dataOffset, dataOffset + dataBytes);
  for (const [k, letter] of [...'RIFF....WAVEfmt '].entries()) view.setUint8(k, letter.charCodeAt(0));
  for (const [k, letter] of [...'data'].entries()) view.setUint8(36 + k, letter.charCodeAt(0));
  view.setUint32(4, wav.byteLength - 8, true);
  view.setUint32(16, 16, true);
  view.setUint16(20, encoding === 'float' ? 3 : 1, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, sampleRateHz, true);
  view.setUint32(28, sampleRateHz * frameBytes, true);
  view.setUint16(32, frameBytes, true);
  view.setUint16(34, bits, true);
  view.setUint32(40, target.length, true);
  if (bitsPerSample === 8) {
    // Unsigned around 128; as the high byte of an int16 that is a flipped top bit.
    for (let k = 0; k < samples; k++) target[2 * k + 1] = source[k] ^ 0x80;
  } else if (bitsPerSample === 24) {
    for (let k = 0; k < samples; k++) {
      target[4 * k + 1] = source[3 * k];
      target[4 * k + 2] = source[3 * k + 1];
      target[4 * k + 3] = source[3 * k + 2];
    }
  } else {
    target.set(source);
  }
  return wav;
}

/** The mean of the channels, ±1. */
function mixDown(channels: readonly Float32Array[]): Float32Array {
  if (channels.length === 1) return channels[0];
  const mono = new Float32Array(channels[0].length);
  for (let k = 0; k < mono.length; k++) {
    let sum = 0;
    for (const channel of channels) sum += channel[k];
    mono[k] = sum / channels.length;
  }
  return mono;
}

function refuseNonFinite(samples: Float32Array, file: string): void {
  const bad = samples.findIndex((sample) => !Number.isFinite(sample));
  if (bad >= 0) throw new WavError(file, `sample ${bad} is ${samples[bad]}, expected a finite number`);
}

import { readFileSync } from 'node:fs';
import { decodeSamples } from '../../host/audio/index.js';
import { joinSamples } from '../../host/core/audio/index.js';
import { type Detection, StreamDetector } from '../../host/core/detection/index.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { openKernel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';

/** A model that is in every checkout. It has no class for silence, and it detects the words below with certainty. */
export const MODEL = packagePath('models/gsc-17-small.spkw');

const WORDS = [
  'yes/9f094882_nohash_0',
  'up/06fb60c7_nohash_0',
  'left/1d1137b1_nohash_0',
  'right/6d4f322a_nohash_0',
  'go/5bb3b99f_nohash_0',
];

/** The words in `wordsWav`. */
export const SAID = WORDS.map((path) => path.split('/')[0]);

/** Returns the faint noise that a microphone gives when nobody speaks. */
function nearlySilent(random: Random, seconds: number): Int16Array {
  return Int16Array.from({ length: seconds * 16_000 }, () => Math.round(random.normal() * 6));
}

/** Returns five words of the sample with pauses between them: int16 at 16 kHz. */
export async function wordsStream(): Promise<Int16Array> {
  const random = new Random(7);
  const parts = [nearlySilent(random, 2)];
  for (const path of WORDS) {
    const file = packagePath(`datasets/sample/${path}.wav`);
    parts.push(await decodeSamples(readFileSync(file), file), nearlySilent(random, 1.25));
  }
  return joinSamples(parts);
}

/** Returns `wordsStream` as a WAV file. */
export async function wordsWav(): Promise<Buffer> {
  return Buffer.from(encodeWav(await wordsStream()));
}

/** Returns the detections in a stream, computed in Node. */
export function heardInNode(stream: Int16Array, model = MODEL): Detection[] {
  return new StreamDetector(openKernel(readFileSync(model))).push(stream);
}

/** Returns `wordsWav` cut off within the last word, where every layer of the network has something to show. */
export async function brokenOffWav(): Promise<Buffer> {
  const stream = await wordsStream();
  return Buffer.from(encodeWav(stream.subarray(0, stream.length - 1.05 * 16_000)));
}

/** Returns the examples of the page with pauses between them, as a WAV file. */
export async function examplesWav(): Promise<Buffer> {
  const random = new Random(9);
  const parts = [nearlySilent(random, 1)];
  for (const word of ['yes', 'no', 'up', 'down', 'left', 'right']) {
    const file = packagePath(`dist/web/examples/${word}.wav`);
    parts.push(await decodeSamples(readFileSync(file), file), nearlySilent(random, 1));
  }
  return Buffer.from(encodeWav(joinSamples(parts)));
}

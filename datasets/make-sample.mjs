// Makes datasets/sample: eight words in the voices of espeak-ng, laid out like the Speech Commands archive, with two
// synthesised recordings of background noise. Needs espeak-ng 1.51 on the path and a built spikeword (npm run build).
//
//   node datasets/make-sample.mjs
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeSamples } from '../dist/host/audio/index.js';
import { Random } from '../dist/host/core/random.js';
import { encodeWav } from '../dist/host/core/wav/index.js';
import { splitBySpeaker } from '../dist/host/dataset/index.js';

const FOLDER = fileURLToPath(new URL('sample/', import.meta.url));
const WORDS = ['yes', 'no', 'up', 'down', 'left', 'right', 'stop', 'go'];
const SAMPLE_RATE_HZ = 16_000;
/** Samples further below the peak than this are cut off before and after the word: −40 dB. */
const SILENCE = 0.01;

/** Accent and timbre, words per minute, pitch (0 to 99); the speakers of each split. */
const SPEAKERS = {
  training: [
    ['en-us+m1', 150, 45],
    ['en-us+f1', 160, 55],
    ['en-us+m3', 140, 35],
    ['en-us+f3', 150, 60],
    ['en-us+m7', 170, 50],
    ['en-us+Annie', 145, 50],
    ['en-us-nyc+m2', 155, 40],
    ['en-us-nyc+f4', 145, 50],
    ['en-gb+m4', 165, 45],
    ['en-gb+f2', 150, 65],
    ['en-gb+Andy', 140, 40],
    ['en-gb+steph', 155, 55],
    ['en-gb-x-rp+m5', 150, 30],
    ['en-gb-x-rp+f5', 160, 45],
    ['en-gb-x-rp+max', 145, 50],
    ['en-gb-scotland+m1', 135, 50],
    ['en-gb-scotland+f3', 155, 50],
    ['en-gb-x-gbcwmd+m6', 150, 55],
    ['en-gb-x-gbclan+linda', 150, 50],
    ['en-029+m8', 145, 45],
  ],
  validation: [
    ['en-us+m4', 145, 55],
    ['en-us+f2', 155, 45],
    ['en-gb+m2', 150, 40],
    ['en-gb-x-rp+f1', 145, 60],
    ['en-gb-scotland+m5', 150, 45],
  ],
  testing: [
    ['en-us+m5', 155, 45],
    ['en-us-nyc+f5', 150, 55],
    ['en-gb+m1', 140, 50],
    ['en-gb-x-gbclan+f4', 150, 50],
    ['en-029+f2', 155, 50],
  ],
};

/** Eight hexadecimal digits that the dataset's rule puts into the split the speaker is meant for. */
function speakerId(voice, split) {
  for (let k = 0; ; k++) {
    const id = createHash('sha256').update(`${voice} ${k}`).digest('hex').slice(0, 8);
    if (splitBySpeaker(id) === split) return id;
  }
}

/** What espeak-ng says, ±1, from the first to the last audible sample. */
async function speak(word, [voice, wordsPerMinute, pitch], scratch) {
  const file = join(scratch, 'word.wav');
  execFileSync('espeak-ng', ['-v', voice, '-s', `${wordsPerMinute}`, '-p', `${pitch}`, '-w', file, word]);
  const samples = await decodeSamples(readFileSync(file), file, { resample: true });
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  const audible = (sample) => Math.abs(sample) > peak * SILENCE;
  const spoken = samples.subarray(samples.findIndex(audible), samples.findLastIndex(audible) + 1);
  return Float64Array.from(spoken, (sample) => sample / peak);
}

/** The word with a pause of its own before and after, at a speaker's level, in the noise of a speaker's room. */
function record(spoken, level, floor, random) {
  const before = Math.round((0.06 + 0.12 * random.uniform()) * SAMPLE_RATE_HZ);
  const after = Math.round(0.08 * SAMPLE_RATE_HZ);
  const clip = new Int16Array(before + spoken.length + after);
  for (let k = 0; k < clip.length; k++) {
    const voice = spoken[k - before] ?? 0;
    clip[k] = Math.round(32767 * Math.max(-1, Math.min(1, level * voice + floor * random.normal())));
  }
  return clip;
}

/** Noise with a power of 1/f (Kellet's filter), swelling slowly. */
function pinkNoise(seconds, random) {
  const poles = [0.99886, 0.99332, 0.969, 0.8665, 0.55, -0.7616];
  const gains = [0.0555179, 0.0750759, 0.153852, 0.3104856, 0.5329522, -0.016898];
  const state = poles.map(() => 0);
  return Int16Array.from({ length: seconds * SAMPLE_RATE_HZ }, (_, k) => {
    const white = random.normal();
    let sum = 0.5362 * white;
    for (const [i, pole] of poles.entries()) {
      state[i] = pole * state[i] + gains[i] * white;
      sum += state[i];
    }
    const swell = 1 + 0.5 * Math.sin((2 * Math.PI * 0.23 * k) / SAMPLE_RATE_HZ);
    return Math.max(-32768, Math.min(32767, Math.round(700 * swell * sum)));
  });
}

/** The hum of a motor and the rush of its air. */
function fan(seconds, random) {
  let air = 0;
  return Int16Array.from({ length: seconds * SAMPLE_RATE_HZ }, (_, k) => {
    const phase = (2 * Math.PI * k) / SAMPLE_RATE_HZ;
    air = 0.9 * air + random.normal();
    const wobble = 1 + 0.2 * Math.sin(phase * 3.1);
    const hum = [1, 2, 3, 5].reduce((sum, harmonic) => sum + Math.sin(phase * 98 * harmonic) / harmonic, 0);
    return Math.round(500 * wobble * hum + 400 * air);
  });
}

function write(folder, file, samples) {
  mkdirSync(join(FOLDER, folder), { recursive: true });
  writeFileSync(join(FOLDER, folder, file), encodeWav(samples));
}

// Without the speaker there is no sample, and the old one must stay.
execFileSync('espeak-ng', ['--version']);
rmSync(FOLDER, { recursive: true, force: true });
const scratch = mkdtempSync(join(tmpdir(), 'spikeword-sample-'));
try {
  for (const [split, speakers] of Object.entries(SPEAKERS)) {
    for (const speaker of speakers) {
      const id = speakerId(speaker[0], split);
      const random = new Random(Number.parseInt(id, 16));
      const level = 0.25 + 0.5 * random.uniform();
      const floor = 10 ** (-(56 + 14 * random.uniform()) / 20);
      for (const word of WORDS) {
        write(word, `${id}_nohash_0.wav`, record(await speak(word, speaker, scratch), level, floor, random));
      }
    }
  }
  write('_background_noise_', 'pink_noise.wav', pinkNoise(8, new Random(1)));
  write('_background_noise_', 'fan.wav', fan(8, new Random(2)));
} finally {
  rmSync(scratch, { recursive: true });
}

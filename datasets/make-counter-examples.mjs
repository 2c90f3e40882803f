// Makes models/counter-examples.safetensors, what a wake word is told apart from: features of other words in many voices
// and of noise, from recordings that may be distributed, and of sentences in synthetic voices. Needs a built spikeword
// (npm run build), espeak-ng, flite, a list of words (on Debian: apt install espeak-ng flite wamerican) and two folders:
//
//   node datasets/make-counter-examples.mjs GSC AMBIENT OUT
//
//   GSC       Speech Commands, as `dataset fetch` lays it out (CC BY 4.0)
//   AMBIENT   training/KIND/SOURCE/FILE.wav and validation/…, of which only the sources named below are used
//
// The same recordings give the same file.
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { readRecording } from '../dist/host/audio/index.js';
import {
  amplitudeOf,
  FULL_SCALE,
  HOP_SAMPLES,
  rootMeanSquare,
  roundedSample,
  windowSamples,
  wordExtent,
} from '../dist/host/core/audio/index.js';
import { COEFFICIENTS } from '../dist/host/core/features/index.js';
import { Random } from '../dist/host/core/random.js';
import { addStretch, Convolver, limitBand, roomResponses } from '../dist/host/core/training/index.js';
import { COUNTER_KINDS, encodeCounterExamples } from '../dist/host/core/wakeword/index.js';
import { loadNoiseOfSplit, openDataset } from '../dist/host/dataset/index.js';
import { openFrontEnd } from '../dist/host/features/index.js';
import { readCheckpoint } from '../dist/host/model/index.js';
import { packagePath, writeFileAtomically } from '../dist/host/system/index.js';

/** Frames of a stretch: ten seconds. */
const FRAMES = 500;
/** Stretches of each kind. */
const COUNTS = { training: { words: 190, speech: 90, sound: 50 }, validation: { words: 75, speech: 50, sound: 25 } };
/** Of isolated words and of noise, the sources whose licences allow it without conditions on the rest. */
const WORDS = {
  'arabic-speech-commands': 'Arabic speech commands (CC BY 4.0, Ghandoura, Hjabo, Al Dakkak)',
  'DSPSpeech-20': 'DSPSpeech-20 (MIT, Zhongyu Chen and students)',
  'Precise-Community-Data': 'Precise-Community-Data (public domain)',
};
const SOUND = {
  'Precise-Community-Data': 'Precise-Community-Data (public domain)',
  'modern-alarm-clock': 'modern-alarm-clock (CC0)',
  'arabic-speech-commands-background': 'Arabic speech commands (CC BY 4.0, Ghandoura, Hjabo, Al Dakkak)',
  'IBM-MAX-Audio-Classifier': 'IBM MAX Audio Classifier (CC0, CC BY)',
};
/** Voices of espeak-ng by language, and of flite; those of validation are others. */
const VOICES = {
  training: [
    'en-us en-gb en-gb-scotland en-us-nyc de fr es nl sv da pt-br ru pl cs'.split(' '),
    ['slt', 'awb', 'kal16'],
  ],
  validation: ['en-us en-gb-x-rp en-gb-x-gbclan it hu fi el tr'.split(' '), ['rms']],
};
const VARIANTS = {
  training: 'm1 m2 m3 m5 m6 m7 f1 f2 f3 Annie Denis Gene Hugo Jacky Lee Mario adam anika aunty david grandma'.split(
    ' ',
  ),
  validation: 'm4 m8 f4 f5 Andy Alicia Marco Michael belinda max steph zac'.split(' '),
};
/** What speech mostly consists of. */
const COMMON = (
  'the be to of and a in that have I it for not on with he as you do at this but his by from they we say her she or an ' +
  'will my one all would there their what so up out if about who get which go me when make can like time no just him ' +
  'know take people into year your good some could them see other than then now look only come its over think also ' +
  'back after use two how our work first well way even new want because any these give day most us really maybe very'
).split(' ');
/** Share of the words that are of Speech Commands. */
const FROM_COMMANDS = 0.75;
const ROOMS = 24;
/** Noise to put behind words: so many pieces of so many samples. */
const NOISES = 13;
const NOISE_SAMPLES = 32_000;

const { positionals } = parseArgs({ allowPositionals: true });
const [gsc, ambient, out] = positionals;
if (out === undefined) {
  console.error('usage: node datasets/make-counter-examples.mjs GSC AMBIENT OUT');
  process.exit(2);
}

const trunk = readCheckpoint(packagePath('models/commands.safetensors'));
const parameters = { ...trunk.features, frames: FRAMES };
const frontEnd = openFrontEnd(parameters);
const dataset = openDataset(gsc);
const between = (random, low, high) => low + (high - low) * random.uniform();

/** Returns the files of some sources of a split, [path]. */
function filesOf(split, kind, sources) {
  return Object.keys(sources).flatMap((source) => {
    const folder = join(ambient, split, kind, source);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { recursive: true })
      .filter((name) => name.endsWith('.wav'))
      .sort()
      .map((name) => join(folder, name));
  });
}

const loaded = new Map();
async function read(path) {
  if (!loaded.has(path)) loaded.set(path, await readRecording(path, { resample: true }));
  return loaded.get(path);
}

/** Noise of a split: ambient sources, and the part of the background noise of Speech Commands that is of this split. */
async function noisesOf(split) {
  const files = ['noise', 'music'].flatMap((kind) => filesOf(split, kind, SOUND));
  return [...(await Promise.all(files.map(read))), ...(await loadNoiseOfSplit(dataset, split))];
}

/** Adds noise of a level to a window, from one or two recordings, at any speed. */
function addNoise(window, rms, noises, random) {
  const sum = new Float64Array(window.length);
  for (let k = random.uniform() < 0.3 ? 2 : 1; k > 0; k--) {
    const noise = noises[random.below(noises.length)];
    const speed = between(random, 0.75, 1.25);
    const length = Math.floor(noise.length / speed);
    for (let at = -random.below(length); at < window.length; at += length)
      addStretch(sum, noise, -at * speed, speed, 1);
  }
  const level = rootMeanSquare(sum);
  if (level > 0) for (let n = 0; n < window.length; n++) window[n] += (sum[n] * rms) / level;
}

const convolver = new Convolver();
const rooms = roomResponses(ROOMS, new Random(1)).map((response) => convolver.spectrum(response));

/** Fills a window with words one after another, and returns which ones are where. */
async function fillWords(window, pools, random) {
  const placed = [];
  const loudness = between(random, -38, -14);
  let at = random.below(8000);
  while (at < window.length) {
    const command = random.uniform() < FROM_COMMANDS;
    const pool = command ? pools.words[random.below(pools.words.length)] : null;
    const clip = pool?.clips[random.below(pool.clips.length)];
    const samples = command
      ? await read(join(gsc, clip.path))
      : await read(pools.others[random.below(pools.others.length)]);
    const speed = random.logUniform([0.85, 1.2]);
    const [from, to] = wordExtent(samples);
    const gain =
      (FULL_SCALE * amplitudeOf(loudness + between(random, -6, 6))) / Math.max(1, rootMeanSquare(samples, from, to));
    // its faint beginning and end come along, but no more of its own noise
    const margin = 800;
    const [first, last] = [Math.max(0, from - margin), Math.min(samples.length, to + margin)];
    addStretch(window, samples.subarray(first, last), -at * speed, speed, gain);
    const length = (last - first) / speed;
    const [start, end] = [Math.floor(at / HOP_SAMPLES), Math.ceil((at + length) / HOP_SAMPLES)];
    if (start < FRAMES) placed.push({ word: pool?.word ?? '', from: start, to: Math.min(end, FRAMES) });
    at = Math.round(at + length + (random.uniform() < 0.5 ? 0 : between(random, 0, 12_000)));
  }
  return { placed, loudness };
}

/** Puts what is said into a room and into noise. */
function spoil(window, loudness, noises, random) {
  if (random.uniform() < 0.3) convolver.convolve(window, rooms[random.below(rooms.length)]);
  const rms = FULL_SCALE * amplitudeOf(loudness);
  if (random.uniform() < 0.8) addNoise(window, rms * amplitudeOf(-between(random, 3, 30)), noises, random);
}

const folder = mkdtempSync(join(tmpdir(), 'counter-examples-'));
const dictionary = readFileSync('/usr/share/dict/words', 'utf8')
  .split('\n')
  .filter((word) => /^[a-z]{2,10}$/.test(word));

/** Fills a window with sentences of one voice: of espeak-ng in many languages, or of flite, which are recorded ones. */
async function fillSpeech(window, split, random) {
  const file = join(folder, 'speech.wav');
  const text = Array.from({ length: 45 }, () => {
    const list = random.uniform() < 0.6 ? COMMON : dictionary;
    return `${list[random.below(list.length)]}${random.uniform() < 0.12 ? '.' : ''}`;
  }).join(' ');
  const [languages, flite] = VOICES[split];
  if (random.uniform() < 0.3) {
    const voice = flite[random.below(flite.length)];
    execFileSync('flite', [
      '-voice',
      voice,
      '--setf',
      `duration_stretch=${between(random, 0.75, 1.1).toFixed(2)}`,
      '-t',
      text,
      '-o',
      file,
    ]);
  } else {
    const voice = `${languages[random.below(languages.length)]}+${VARIANTS[split][random.below(VARIANTS[split].length)]}`;
    const [speed, pitch] = [140 + random.below(110), 20 + random.below(70)];
    execFileSync('espeak-ng', ['-v', voice, '-s', String(speed), '-p', String(pitch), '-w', file, text]);
  }
  const samples = await readRecording(file, { resample: true });
  const loudness = between(random, -38, -14);
  const gain = (FULL_SCALE * amplitudeOf(loudness)) / Math.max(1, rootMeanSquare(samples));
  addStretch(window, samples, random.below(Math.max(1, samples.length - window.length)), 1, gain);
  return loudness;
}

async function stretchesOf(split, kind, pools) {
  const count = COUNTS[split][kind];
  const features = new Int8Array(count * FRAMES * COEFFICIENTS);
  const words = [];
  for (let k = 0; k < count; k++) {
    const random = new Random(split.length, kind.length, k);
    const window = new Float64Array(windowSamples(FRAMES));
    let placed = [];
    if (kind === 'sound') addNoise(window, FULL_SCALE * amplitudeOf(between(random, -60, -12)), pools.noises, random);
    else {
      let loudness;
      if (kind === 'words') ({ placed, loudness } = await fillWords(window, pools, random));
      else loudness = await fillSpeech(window, split, random);
      spoil(window, loudness, pools.noises, random);
    }
    words.push(placed);
    if (random.uniform() < 0.2) limitBand(window, random);
    features.set(frontEnd.features(Int16Array.from(window, roundedSample)), k * FRAMES * COEFFICIENTS);
  }
  return { count, features, words };
}

const stretches = {};
let noises = [];
for (const split of ['training', 'validation']) {
  const clips = dataset.clips.filter((clip) => clip.split === split);
  const byWord = new Map();
  for (const clip of clips) byWord.set(clip.word, [...(byWord.get(clip.word) ?? []), clip]);
  const pools = {
    words: [...byWord].sort(([a], [b]) => (a < b ? -1 : 1)).map(([word, of]) => ({ word, clips: of })),
    others: filesOf(split, 'words', WORDS),
    noises: await noisesOf(split),
  };
  stretches[split] = {};
  for (const kind of COUNTER_KINDS) stretches[split][kind] = await stretchesOf(split, kind, pools);
  if (split === 'training') noises = pickNoises(pools.noises);
}

/** Pieces of noise, each as loud as 8 bits allow. */
function pickNoises(recordings) {
  const random = new Random(7);
  const long = recordings.filter(({ length }) => length >= NOISE_SAMPLES);
  return Array.from({ length: NOISES }, (_, k) => {
    const recording = long[k % long.length];
    const from = random.below(recording.length - NOISE_SAMPLES + 1);
    const piece = recording.subarray(from, from + NOISE_SAMPLES);
    const peak = piece.reduce((most, sample) => Math.max(most, Math.abs(sample)), 1);
    return piece.map((sample) => Math.round((sample * 32_000) / peak));
  });
}

const credits = ['Speech Commands v0.02 (CC BY 4.0, Pete Warden)', ...new Set(Object.values({ ...WORDS, ...SOUND }))];
rmSync(folder, { recursive: true });
const bytes = encodeCounterExamples({ parameters, stretches, noises, credits: [...new Set(credits)] });
writeFileAtomically(out, bytes);
console.log(`${out}: ${bytes.length.toLocaleString('en')} bytes`);

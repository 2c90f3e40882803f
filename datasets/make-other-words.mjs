// Says thousands of different English words in many synthetic voices, into FOLDER/training/words/VOICE/WORD.wav, for
// `train --ambient FOLDER`. A network that listens has heard few words from the few that a dataset has. Needs a built
// spikeword (npm run build), espeak-ng and a list of words; with flite there are four more voices. On Debian:
//
//   apt install espeak-ng wamerican flite
//   node datasets/make-other-words.mjs FOLDER
//
//   --words N       different words (default: 5000)
//   --takes N       voices that say each word (default: 2)
//   --except LIST   the network's words, separated by commas, which are left out with their forms and everything that
//                   sounds like them (default: yes,no,up,down,left,right,on,off,stop,go)
//   --list FILE     one word a line (default: /usr/share/dict/words)
//
// The same programs give the same files.
import { execFile, execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { Random } from '../dist/host/core/random.js';
import { decodeRecording } from '../dist/host/core/recording/index.js';
import { encodeWav } from '../dist/host/core/wav/index.js';

const APT = 'apt install espeak-ng wamerican flite';
const SECOND = 16_000;
/** Samples further below the peak than this are cut off before and after the word: −40 dB. */
const SILENCE = 0.01;
/** Words of a stream are short, so half of all words have at most five letters. */
const SHORT = 5;
const LONGEST = 11;

const ACCENTS = ['en-us', 'en-us-nyc', 'en-gb', 'en-gb-x-rp', 'en-gb-scotland', 'en-gb-x-gbclan', 'en-gb-x-gbcwmd'];
const VARIANTS = (
  'm1 m2 m3 m4 m5 m6 m7 m8 f1 f2 f3 f4 f5 Andy Annie Alicia Andrea Denis Diogo Gene Hugo Jacky Lee Marco Mario Michael ' +
  'Mike adam anika antonio aunty belinda benjamin boris david ed grandma grandpa iven klatt klatt3 linda max pablo paul ' +
  'quincy rob sandro shelby steph travis victor zac'
).split(' ');
const FLITE = ['kal16', 'awb', 'rms', 'slt'];
/** Voices of flite are recorded ones, so each says as many words as this many of espeak-ng. */
const FLITE_WEIGHT = 12;

const run = promisify(execFile);

function fail(message) {
  console.error(`make-other-words: ${message}`);
  process.exit(1);
}

function has(program) {
  try {
    execFileSync(program, ['--version'], { stdio: 'ignore' });
    return true;
  } catch (error) {
    return error.code !== 'ENOENT';
  }
}

/** Returns the forms of a word: its plural, its past and what else is said like the word itself. */
function formsOf(word) {
  const stems = [word, `${word}${word.at(-1)}`, word.replace(/e$/, '')];
  return [word, ...stems.flatMap((stem) => ['s', 'es', 'ed', 'ing', 'er', 'ers', 'ly', 'y'].map((end) => stem + end))];
}

/** Returns how espeak-ng says each word, without stress. */
function phonemes(words, accent) {
  const text = words.map((word) => `${word}.\n\n`).join('');
  const options = { input: text, encoding: 'utf8', maxBuffer: 1 << 28 };
  const lines = execFileSync('espeak-ng', ['-q', '-x', '-v', accent, '--stdin'], options).trim().split('\n');
  if (lines.length !== words.length) fail(`espeak-ng said ${lines.length} of ${words.length} words`);
  return lines.map((line) => line.replace(/[\s',_|:]/g, ''));
}

/** Draws words of a list: none of `except`, none of their forms, none that sounds like those. */
function otherWords(list, except, count, random) {
  const forms = except.flatMap(formsOf);
  const words = [...new Set(list)].filter((word) => /^[a-z]+$/.test(word) && word.length > 1 && word.length <= LONGEST);
  const spelt = words.filter((word) => !forms.includes(word));
  // Few words sound like those of the network, so few more than are wanted need to be looked at.
  const drawn = drawWords(spelt, Math.ceil(1.02 * count) + 20, random);
  const sounds = ['en-us', 'en-gb'].map((accent) => {
    const taken = new Set(phonemes(forms, accent));
    return phonemes(drawn, accent).map((sound) => taken.has(sound));
  });
  const others = drawn.filter((_, k) => !sounds.some((taken) => taken[k]));
  return random.shuffle(others).slice(0, count).sort();
}

/** Draws words, as far as possible half of them short. */
function drawWords(words, count, random) {
  const shuffled = random.shuffle([...words]);
  const short = shuffled.filter((word) => word.length <= SHORT).slice(0, Math.ceil(count / 2));
  const long = shuffled.filter((word) => word.length > SHORT).slice(0, count - short.length);
  return [...short, ...long].sort();
}

/** Says a word into a file, as the voice says it. */
async function say(word, { program, voice }, file, random) {
  if (program === 'flite') {
    const stretch = 0.8 + 0.5 * random.uniform();
    await run('flite', ['-voice', voice, '--setf', `duration_stretch=${stretch}`, '-t', word, '-o', file]);
    return;
  }
  const speed = 120 + random.below(90);
  const pitch = 20 + random.below(60);
  await run('espeak-ng', ['-v', voice, '-s', `${speed}`, '-p', `${pitch}`, '-w', file, word]);
}

/** Samples on each side that an interpolated sample is made of. */
const TAPS = 32;
/** espeak-ng speaks at 22050 Hz, so 441 of its samples are 320 of ours. */
const [THEIRS, OURS] = [441, 320];
/** For each of our samples, [sample][tap]: a sinc with a Hann window that passes what 16 kHz can hold. */
const KERNELS = Array.from({ length: OURS }, (_, n) => {
  const pass = (0.95 * OURS) / THEIRS;
  return Float64Array.from({ length: 2 * TAPS }, (_, tap) => {
    const x = tap - TAPS + 1 - ((n * THEIRS) % OURS) / OURS;
    const sinc = x === 0 ? pass : Math.sin(Math.PI * pass * x) / (Math.PI * x);
    return sinc * (0.5 + 0.5 * Math.cos((Math.PI * x) / TAPS));
  });
});

/** Returns samples at 16 kHz of a recording at 16 or 22.05 kHz. */
function at16kHz(samples, rate) {
  if (rate === SECOND) return samples;
  if (rate * OURS !== SECOND * THEIRS) fail(`espeak-ng speaks at ${rate} Hz, expected 22050 Hz`);
  return Float32Array.from({ length: Math.floor((samples.length * OURS) / THEIRS) }, (_, n) => {
    const first = Math.floor((n * THEIRS) / OURS) - TAPS + 1;
    return KERNELS[n % OURS].reduce((sum, weight, tap) => sum + weight * (samples[first + tap] ?? 0), 0);
  });
}

/** Returns the audible part of a recording, anywhere in a second; a longer word has its own length. */
function inASecond(samples, random) {
  const peak = samples.reduce((highest, sample) => Math.max(highest, Math.abs(sample)), 0);
  if (peak === 0) return null;
  const audible = (sample) => Math.abs(sample) > peak * SILENCE;
  const spoken = samples.subarray(samples.findIndex(audible), samples.findLastIndex(audible) + 1);
  const clip = new Int16Array(Math.max(SECOND, spoken.length));
  const start = random.below(clip.length - spoken.length + 1);
  const level = (8000 + 16_000 * random.uniform()) / peak;
  for (let k = 0; k < spoken.length; k++) clip[start + k] = Math.round(level * spoken[k]);
  return clip;
}

const USAGE = 'node datasets/make-other-words.mjs FOLDER [--except YOUR,WORDS] [--words N] [--takes N] [--list FILE]';

/** Returns the options and the folder. */
function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        words: { type: 'string', default: '5000' },
        takes: { type: 'string', default: '2' },
        except: { type: 'string', default: 'yes,no,up,down,left,right,on,off,stop,go' },
        list: { type: 'string', default: '/usr/share/dict/words' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    return fail(`${error.message}\nusage: ${USAGE}`);
  }
}

const { values, positionals } = readArguments();
if (values.help) {
  console.log(
    `${USAGE}\n\n--except must list the words of your network, which are left out with all that sounds like them.`,
  );
  process.exit(0);
}
const [folder] = positionals;
const [count, takes] = [Number(values.words), Number(values.takes)];
if (folder === undefined || positionals.length > 1) fail(`give one folder to write to: ${USAGE}`);
if (!(Number.isInteger(count) && count > 0)) fail(`--words is ${values.words}, expected a whole number above 0`);
if (!(Number.isInteger(takes) && takes > 0)) fail(`--takes is ${values.takes}, expected a whole number above 0`);
if (existsSync(join(folder, 'training', 'words'))) fail(`${folder}: already has training/words; give another folder`);
if (!has('espeak-ng')) fail(`espeak-ng is missing; on Debian: ${APT}`);
if (!existsSync(values.list)) fail(`${values.list}: there is no such list; on Debian: ${APT}`);

const list = readFileSync(values.list, 'utf8').split('\n');
const words = otherWords(list, values.except.split(','), count, new Random(1));
const voices = [
  ...ACCENTS.flatMap((accent) => VARIANTS.map((name) => ({ program: 'espeak-ng', voice: `${accent}+${name}` }))),
  ...(has('flite') ? FLITE : []).flatMap((voice) => Array(FLITE_WEIGHT).fill({ program: 'flite', voice })),
];
const scratch = mkdtempSync(join(tmpdir(), 'spikeword-words-'));
let next = 0;
let written = 0;

/** Takes words until none is left. What is drawn for a word depends on nothing but the word. */
async function work(worker) {
  const file = join(scratch, `${worker}.wav`);
  for (let index = next++; index < words.length; index = next++) {
    const word = words[index];
    const random = new Random(2, ...Buffer.from(word));
    for (const voice of [...new Set(random.shuffle([...voices]))].slice(0, takes)) {
      await say(word, voice, file, random);
      const { samples, sampleRateHz } = await decodeRecording(readFileSync(file), file);
      const clip = inASecond(at16kHz(samples, sampleRateHz), random);
      if (clip === null) continue;
      const to = join(folder, 'training', 'words', `${voice.program}-${voice.voice}`);
      mkdirSync(to, { recursive: true });
      writeFileSync(join(to, `${word}.wav`), encodeWav(clip));
      written++;
    }
    if (index % 500 === 499) console.error(`${index + 1} of ${words.length} words`);
  }
}

try {
  await Promise.all(Array.from({ length: availableParallelism() }, (_, worker) => work(worker)));
} finally {
  rmSync(scratch, { recursive: true });
}
console.log(`${folder}: ${words.length} words, ${written} recordings`);

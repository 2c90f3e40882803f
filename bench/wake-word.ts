// Measures wake words made from twenty recordings, on other recordings of the same voices and of other voices, at
// equal false accepts on sound that had no part in the training: streams of other words, and hours of speech, music and
// noise.
// npm run bench:wake-word -- --data GSC --ambient AMBIENT [--out results.jsonl]
//
//   --words LIST     words of GSC; their clips for training and testing are of its testing split, which neither the
//                    trunk nor the counter-examples had. The bundled network was trained with them as other words, so
//                    it does not show what a new word would give. Without --from, a network is used that had none of
//                    marvin, happy, bed, cat, five and eight (bench/without-six-words.md)
//   --recorded LIST  folders of AMBIENT/wake-words, recordings as people make them, cut as `dataset import` does
//   --voices LIST    numbers of voices of the twenty recordings (default: 1,5,10)
//   --draws N        choices of recordings (default: 3)
//   --from FILE      network to begin from (default: the bundled one, and with --words that network)
//   --epochs N       epochs of the training (default: as `train --wake-word`)
//
// A line of --out is one measurement; those that are there are not made again.

import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { readRecording } from '../host/audio/index.js';
import { cutWords, samplesOfSeconds } from '../host/core/audio/index.js';
import { encodeModel } from '../host/core/model/index.js';
import { keywordIndices, type QuantizedNetwork } from '../host/core/quantization/index.js';
import { Random } from '../host/core/random.js';
import { heldOutOf, makeWakeWord, WAKE_WORD_EPOCHS } from '../host/core/wakeword/index.js';
import { encodeWav } from '../host/core/wav/index.js';
import { type ClipFile, openDataset } from '../host/dataset/index.js';
import { hearAmbient } from '../host/detection/stream/ambient-evaluate.js';
import { ambientHours, isBudgeted } from '../host/detection/stream/ambient-score.js';
import { answersTo } from '../host/detection/stream/evaluate.js';
import { matchDetections } from '../host/detection/stream/match.js';
import { prepareStreams, soundsOf } from '../host/detection/stream/prepare.js';
import { Replay } from '../host/detection/stream/replay.js';
import { shifted, shiftsOf } from '../host/detection/stream/shift.js';
import { openKernel } from '../host/model/index.js';
import { packagePath } from '../host/system/index.js';
import { wakeWordTools, wakeWordTrunk } from '../host/training/wakeword/index.js';

const CLIPS = 20;
/** False accepts an hour that are allowed in ambient sound and in streams of words. */
const AMBIENT_RATE = 0.5;
const DENSE_RATE = 2;
/** Streams of words. */
const HOURS = 2;
const SNR_DB = [10, 30];
/** Other words of the streams: so many clips of each word. */
const OTHERS = 60;
/** Clips of other voices. */
const OTHER_VOICES = 150;
const SEED = 1;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    ambient: { type: 'string' },
    words: { type: 'string', default: '' },
    recorded: { type: 'string', default: '' },
    voices: { type: 'string', default: '1,5,10' },
    draws: { type: 'string', default: '3' },
    from: { type: 'string' },
    epochs: { type: 'string', default: String(WAKE_WORD_EPOCHS) },
    out: { type: 'string' },
  },
});
const { data, ambient, from, out } = options;
if (data === undefined || ambient === undefined) {
  console.error('usage: npm run bench:wake-word -- --data GSC --ambient AMBIENT --words LIST --recorded LIST');
  process.exit(2);
}
const listOf = (text: string): string[] => text.split(',').filter((item) => item !== '');
const epochs = Number(options.epochs);

/** A recording of a wake word: a second, and whose voice it is. */
interface Take {
  readonly samples: Int16Array;
  readonly speaker: string;
  /** Whether `speaker` is a person, and not made up for a recording. */
  readonly speakerKnown: boolean;
}

/** What is trained on, and what is heard afterwards. */
interface Draw {
  readonly word: string;
  readonly voices: number | null;
  readonly draw: number;
  readonly trained: readonly Take[];
  readonly own: readonly Take[];
  readonly others: readonly Take[];
}

/** The results of one draw: fractions of recordings that were heard. */
interface Measured {
  readonly word: string;
  readonly voices: number | null;
  readonly draw: number;
  readonly trained: number;
  readonly epochs: number;
  readonly seconds: number;
  /** With the threshold at which the rates are kept on this sound. */
  readonly threshold: number;
  readonly ownHeard: number | null;
  readonly othersHeard: number;
  /** How often own and other recordings were played. */
  readonly ownSaid: number;
  readonly othersSaid: number;
  /** With the threshold that the training chose. */
  readonly chosen: { own: number | null; others: number; dense: number; ambient: number; threshold: number };
  /** What the training said: the fraction missed of copies of recordings that were held out. */
  readonly missRate: number | null;
}

const dataset = openDataset(data);
const readTake = async ({ path, speaker, speakerKnown }: ClipFile): Promise<Take> => ({
  samples: await readRecording(join(dataset.root, path)),
  speaker,
  speakerKnown,
});

/** Draws recordings of a word of the testing split by so many voices. */
async function drawOf(word: string, voices: number, draw: number): Promise<Draw> {
  const random = new Random(SEED, draw, voices, ...Buffer.from(word));
  const bySpeaker = new Map<string, ClipFile[]>();
  for (const clip of dataset.clips) {
    if (clip.word !== word || clip.split !== 'testing') continue;
    bySpeaker.set(clip.speaker, [...(bySpeaker.get(clip.speaker) ?? []), clip]);
  }
  const each = CLIPS / voices;
  // whoever said it most often can be heard again with other recordings
  const speakers = random
    .shuffle([...bySpeaker.values()])
    .sort((a, b) => Math.min(5, b.length) - Math.min(5, a.length));
  const drawn = random.shuffle(speakers.slice(0, Math.max(3 * voices, 12))).slice(0, voices);
  const used = drawn.map((clips) => clips.slice(0, Math.min(each, Math.max(1, clips.length - 1))));
  const own = drawn.flatMap((clips, k) => clips.slice(used[k].length));
  const others = random.shuffle([...bySpeaker.values()].filter((clips) => !drawn.includes(clips)).flat());
  const read = (clips: readonly ClipFile[]): Promise<Take[]> => Promise.all(clips.map(readTake));
  return {
    ...{ word, voices, draw },
    trained: await read(used.flat()),
    own: await read(own),
    others: await read(others.slice(0, OTHER_VOICES)),
  };
}

/** Draws twenty recordings as people make them; their voices are unknown. */
async function drawRecorded(word: string, draw: number): Promise<Draw> {
  const random = new Random(SEED, draw, ...Buffer.from(word));
  const folder = join(ambient!, 'wake-words', word);
  const takes: Take[] = [];
  for (const name of readdirSync(folder).sort()) {
    const cuts = cutWords(await readRecording(join(folder, name))).filter(({ clip }) => clip !== null);
    if (cuts.length === 1) takes.push({ samples: cuts[0].clip!, speaker: name, speakerKnown: false });
  }
  random.shuffle(takes);
  return { word, voices: null, draw, trained: takes.slice(0, CLIPS), own: [], others: takes.slice(CLIPS) };
}

/** Lays out a folder with the recordings that are heard, as testing clips, among clips of other words. */
function layOut({ word, own, others }: Draw): string {
  const folder = mkdtempSync(join(tmpdir(), 'wake-word-'));
  const random = new Random(SEED);
  const list: string[] = [];
  const write = (take: Take, name: string): void => {
    mkdirSync(join(folder, word), { recursive: true });
    writeFileSync(join(folder, word, name), encodeWav(take.samples));
    list.push(`${word}/${name}`);
  };
  for (const [k, take] of own.entries()) write(take, `own_nohash_${k}.wav`);
  for (const [k, take] of others.entries()) write(take, `other_nohash_${k}.wav`);
  cpSync(join(dataset.root, '_background_noise_'), join(folder, '_background_noise_'), { recursive: true });
  const perWord = new Map<string, number>();
  for (const clip of random.shuffle(dataset.clips.filter(({ split }) => split === 'testing'))) {
    const count = perWord.get(clip.word) ?? 0;
    if (clip.word === word || count >= OTHERS) continue;
    perWord.set(clip.word, count + 1);
    mkdirSync(join(folder, clip.word), { recursive: true });
    cpSync(join(dataset.root, clip.path), join(folder, clip.path));
    list.push(clip.path);
  }
  writeFileSync(join(folder, 'testing_list.txt'), `${list.join('\n')}\n`);
  writeFileSync(join(folder, 'validation_list.txt'), '');
  return folder;
}

/** Plays streams of words and ambient sound to a network, and counts what it hears with every threshold. */
async function measure(network: QuantizedNetwork, draw: Draw) {
  const content = encodeModel(network);
  const point = network.detection!;
  const label = keywordIndices(network.labels)[0];
  const folder = layOut(draw);
  try {
    const source = { data: folder, split: 'testing', seed: SEED, hours: HOURS, snrDb: SNR_DB } as const;
    const prepared = await prepareStreams(new Map([[draw.word, label]]), source);
    const replay = new Replay(openKernel(content), await answersTo(soundsOf(prepared), content, point.hop, {}));
    prepared.pack.close();
    const heard = await hearAmbient(content, point.hop, { ambient: ambient!, split: 'testing', seed: SEED });
    const quiet = new Replay(openKernel(content), heard.answers);
    replay.use(point);
    quiet.use(point);
    const quietHours = [...ambientHours(heard.plans)].reduce((sum, [kind, h]) => sum + (isBudgeted(kind) ? h : 0), 0);
    const hours = prepared.plans.reduce((sum, { samples }) => sum + samples, 0) / samplesOfSeconds(3600);
    const outcome = (thresholds: readonly number[]) => {
      replay.setThresholds(thresholds);
      quiet.setThresholds(thresholds);
      const counts = { own: 0, ownHits: 0, others: 0, otherHits: 0, accepts: 0, ambient: 0 };
      prepared.plans.forEach(({ spoken }, stream) => {
        const { hits, falseAccepts } = matchDetections(spoken, [...replay.heardIn(stream)]);
        counts.accepts += falseAccepts.length;
        spoken.forEach((said, k) => {
          if (said.label < 0) return;
          const isOwn = prepared.clips[said.clip].path.includes('/own_');
          counts[isOwn ? 'own' : 'others']++;
          if (hits[k] !== null) counts[isOwn ? 'ownHits' : 'otherHits']++;
        });
      });
      heard.plans.forEach(({ kind }, stream) => {
        if (isBudgeted(kind)) counts.ambient += [...quiet.heardIn(stream)].length;
      });
      return {
        own: counts.own === 0 ? null : counts.ownHits / counts.own,
        others: counts.otherHits / counts.others,
        dense: counts.accepts / hours,
        ambient: counts.ambient / quietHours,
        said: counts,
      };
    };
    const sweep = shiftsOf(point.thresholds, 0.25).map((by) => {
      const thresholds = shifted(point.thresholds, by);
      return { threshold: thresholds[label] / 65_535, ...outcome(thresholds) };
    });
    const kept = sweep.find(({ dense, ambient }) => dense <= DENSE_RATE && ambient <= AMBIENT_RATE) ?? sweep.at(-1)!;
    return { kept, chosen: { threshold: point.thresholds[label] / 65_535, ...outcome(point.thresholds) } };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const trunk = wakeWordTrunk(
  from ?? (options.words === '' ? undefined : packagePath('bench/without-six-words.safetensors')),
);
const tools = await wakeWordTools(availableParallelism());

async function run(draw: Draw): Promise<Measured> {
  const began = performance.now();
  const held = heldOutOf(draw.trained);
  const clipsOf = (takes: readonly Take[]) => takes.map(({ samples }) => ({ label: 0, samples }));
  const heldOut = clipsOf(draw.trained.filter((take) => held.has(take)));
  const trained = clipsOf(draw.trained.filter((take) => !held.has(take)));
  const { network, outcome } = await makeWakeWord([draw.word], trained, heldOut, { ...tools, trunk, epochs, seed: 1 });
  const seconds = (performance.now() - began) / 1000;
  const { kept, chosen } = await measure(network, draw);
  const { said: _, ...point } = chosen;
  return {
    ...{ word: draw.word, voices: draw.voices, draw: draw.draw, trained: draw.trained.length, epochs, seconds },
    ...{
      threshold: kept.threshold,
      ownHeard: kept.own,
      othersHeard: kept.others,
      ownSaid: kept.said.own,
      othersSaid: kept.said.others,
    },
    chosen: point,
    missRate: outcome.missRate,
  };
}

const results: Measured[] =
  out !== undefined && existsSync(out)
    ? readFileSync(out, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as Measured)
    : [];

const percent = (value: number | null): string => (value === null ? '—' : `${(100 * value).toFixed(1)} %`);

async function once(word: string, voices: number | null, draw: number, make: () => Promise<Draw>): Promise<void> {
  const same = (one: Measured): boolean => one.word === word && one.voices === voices && one.draw === draw;
  const before = results.find((one) => same(one) && one.epochs === epochs);
  const one = before ?? (await run(await make()));
  if (before === undefined) {
    results.push(one);
    if (out !== undefined) appendFileSync(out, `${JSON.stringify(one)}\n`);
  }
  const who = voices === null ? 'many voices' : `${voices} voice${voices === 1 ? '' : 's'}`;
  console.log(
    `${basename(word).padEnd(14)} ${who.padEnd(11)} draw ${draw}: own ${percent(one.ownHeard)}, others ` +
      `${percent(one.othersHeard)}; as tuned own ${percent(one.chosen.own)}, others ${percent(one.chosen.others)} at ` +
      `${one.chosen.dense.toFixed(1)} and ${one.chosen.ambient.toFixed(1)} an hour; ${one.seconds.toFixed(0)} s`,
  );
}

for (let draw = 1; draw <= Number(options.draws); draw++) {
  for (const word of listOf(options.recorded)) await once(word, null, draw, () => drawRecorded(word, draw));
  for (const word of listOf(options.words)) {
    for (const voices of listOf(options.voices).map(Number)) {
      await once(word, voices, draw, () => drawOf(word, voices, draw));
    }
  }
}

// One round of learning from mistakes with real recordings: the bundled model listens to streams of the training split,
// the truth sorts what it kept, as `review` would, `train --mistakes` trains it further, and other streams, of the
// validation split, show the network before, after the same training without the mistakes, and after it with them.
// npm run bench:mistakes -- --data GSC --ambient AMBIENT --out FOLDER
//
//   --ambient FOLDER  ambient sound; its training part is heard and trained with, its validation part is compared on
//   --out FOLDER      where everything is written; a step that has been made there is not made again
//   --hours N         hours of streams of words to learn from (default: 3)
//   --compare N       hours of streams of words to compare on (default: 2)
//   --epochs N        epochs of both trainings (default: 1)
//   --share S         share of the training speakers that they train with, besides the mistakes (default: 0.25)
//   --weight SHARE    --mistakes-weight of the training (default: 0.5)

import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, linkSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';
import { CLIP_SAMPLES, joinSamples, samplesOfMs } from '../host/core/audio/index.js';
import type { KeptSound, Review } from '../host/core/dataset/index.js';
import { detectedWords } from '../host/core/detection/index.js';
import { encodeModel } from '../host/core/model/index.js';
import { type QuantizedNetwork, quantizeNetwork } from '../host/core/quantization/index.js';
import { encodeWav } from '../host/core/wav/index.js';
import { openDataset, SoundJournal } from '../host/dataset/index.js';
import { SamplePack } from '../host/dataset/sample-pack.js';
import { SoundPack } from '../host/dataset/sound-pack.js';
import { comparisonPoint } from '../host/detection/index.js';
import { hearAmbient, prepareAmbient } from '../host/detection/stream/ambient-evaluate.js';
import { renderAmbient } from '../host/detection/stream/ambient-render.js';
import { ambientHours, isBudgeted } from '../host/detection/stream/ambient-score.js';
import { answersTo } from '../host/detection/stream/evaluate.js';
import type { Spoken } from '../host/detection/stream/plan.js';
import { prepareStreams, soundsOf } from '../host/detection/stream/prepare.js';
import { renderStream } from '../host/detection/stream/render.js';
import { Replay } from '../host/detection/stream/replay.js';
import { StreamScorer } from '../host/detection/stream/score.js';
import { openKernel, readCheckpoint, readModel } from '../host/model/index.js';
import { packagePath, writeFileAtomically } from '../host/system/index.js';

const SNR_DB = [10, 30];
/** Streams to learn from and to compare on are of different splits, and of different seeds too. */
const LEARN_SEED = 11;
const COMPARE_SEED = 12;
/** The model listens eagerly, with the thresholds that its curve has for so many false accepts an hour. */
const EAGER = '50';
/** Misses at which the networks are compared. */
const MISSED = [0.25, 0.3, 0.35, 0.4, 0.45, 0.5];
/** A word of which less than this share is in a second cannot be recognised by a person. */
const WHOLE = 0.8;
const CUT = 0.2;

const { values: options } = parseArgs({
  options: {
    data: { type: 'string' },
    ambient: { type: 'string' },
    out: { type: 'string' },
    hours: { type: 'string', default: '3' },
    compare: { type: 'string', default: '2' },
    epochs: { type: 'string', default: '1' },
    share: { type: 'string', default: '0.25' },
    weight: { type: 'string', default: '0.5' },
  },
});
const { data, ambient, out } = options;
if (data === undefined || ambient === undefined || out === undefined) {
  console.error('usage: npm run bench:mistakes -- --data GSC --ambient AMBIENT --out FOLDER');
  process.exit(2);
}
const model = packagePath('models/commands.spkw');
const checkpoint = packagePath('models/commands.safetensors');
const { network } = readModel(model);
const words = detectedWords(network.labels, network.detection!);
const kept = join(out, 'kept');

/** Runs the command as a user does; what it says is shown. */
function spikeword(...args: readonly string[]): void {
  console.error(`spikeword ${args.join(' ')}`);
  const command = [packagePath('bin/spikeword.js'), ...args];
  const { status } = spawnSync(process.execPath, command, { stdio: ['ignore', 2, 'inherit'] });
  if (status !== 0) throw new Error(`spikeword ${args[0]} ended with ${status}`);
}

/** A stream as a WAV file, with the keywords that are said in it, and when. */
interface Recorded {
  readonly name: string;
  readonly spoken: readonly Spoken[];
  readonly pieces: () => Iterable<Int16Array>;
}

/** Plans the streams to learn from: words and ambient sound of the training split. */
async function streamsToLearnFrom(hours: number): Promise<Recorded[]> {
  const source = { split: 'training', seed: LEARN_SEED } as const;
  const prepared = await prepareStreams(words, { data: data!, hours, snrDb: SNR_DB, ...source });
  const pack = SamplePack.open(prepared.pack.descriptor());
  const dense = prepared.plans.map((plan, k) => ({
    name: `words-${k}`,
    spoken: plan.spoken,
    pieces: () => renderStream(plan, pack, prepared.noises),
  }));
  const heard = await prepareAmbient({ ambient: ambient!, ...source });
  const sounds = SoundPack.open(heard.sounds);
  const quiet = heard.plans.map((plan, k) => ({
    name: `${plan.kind}-${k}`,
    spoken: [],
    pieces: () => renderAmbient(plan, sounds),
  }));
  return [...dense, ...quiet];
}

/**
 * What a person would say about a sound that was kept: which keyword is in its second, or that none is. Undefined where
 * a keyword is there in part, so that nobody could say.
 */
function verdictOf({ timeMs, word }: KeptSound, spoken: readonly Spoken[]): Review | undefined {
  const end = Math.round(samplesOfMs(timeMs));
  const shares = spoken
    .filter(({ label }) => label >= 0)
    .map(({ label, wordFrom, wordTo }) => {
      const inside = Math.min(end, wordTo) - Math.max(end - CLIP_SAMPLES, wordFrom);
      return { said: network.labels[label], share: Math.max(0, inside) / (wordTo - wordFrom) };
    })
    .filter(({ share }) => share > CUT);
  if (shares.length === 0) return { verdict: 'not a word', said: null };
  if (shares.length > 1 || shares[0].share < WHOLE) return undefined;
  const [{ said }] = shares;
  return { verdict: said === word ? 'right' : 'wrong word', said };
}

/** Lets the model listen to the streams, and sorts what it kept. */
async function keepMistakes(): Promise<void> {
  const unsorted = join(out!, 'unsorted');
  rmSync(unsorted, { recursive: true, force: true });
  mkdirSync(out!, { recursive: true });
  const streams = await streamsToLearnFrom(Number(options.hours));
  const wav = (name: string): string => join(out!, `${name}.wav`);
  for (const { name, pieces } of streams) {
    writeFileAtomically(wav(name), encodeWav(joinSamples(Array.from(pieces(), (piece) => piece.slice()))));
    spikeword('listen', model, '--wav', wav(name), '--false-accepts', EAGER, '--keep', unsorted);
    rmSync(wav(name));
  }
  const journal = await SoundJournal.open(unsorted);
  try {
    for (const sound of journal.sounds) {
      const { spoken } = streams.find(({ name }) => wav(name) === sound.source)!;
      const review = verdictOf(sound, spoken);
      if (review !== undefined) journal.review(sound.file, review);
    }
  } finally {
    journal.close();
  }
  renameSync(unsorted, kept);
}

/** Lays out a folder with the recordings of a share of the training speakers, and all others for validation. */
function someRecordings(share: number): string {
  const folder = join(out!, 'recordings');
  if (existsSync(folder)) return folder;
  const unfinished = `${folder}-unfinished`;
  rmSync(unfinished, { recursive: true, force: true });
  const { root, clips } = openDataset(data!);
  const speakers = [...new Set(clips.flatMap(({ split, speaker }) => (split === 'training' ? [speaker] : [])))].sort();
  const some = new Set(speakers.filter((_, k) => (k * share) % 1 < share));
  for (const { path, split, speaker } of clips) {
    if (split === 'testing' || (split === 'training' && !some.has(speaker))) continue;
    mkdirSync(dirname(join(unfinished, path)), { recursive: true });
    try {
      linkSync(join(root, path), join(unfinished, path));
    } catch {
      // on another disk
      cpSync(join(root, path), join(unfinished, path));
    }
  }
  const parts = ['_background_noise_', 'validation_list.txt'];
  for (const part of parts) cpSync(join(root, part), join(unfinished, part), { recursive: true });
  writeFileAtomically(join(unfinished, 'testing_list.txt'), '');
  renameSync(unfinished, folder);
  return folder;
}

/** Trains the bundled network further; returns the trained checkpoint. */
function trained(name: string, more: readonly string[]): string {
  const run = join(out!, name);
  const recordings = someRecordings(Number(options.share));
  if (!existsSync(join(run, 'done'))) {
    rmSync(run, { recursive: true, force: true });
    const recipe = '--task commands --preset listen --neuron atif-nu --ambient-speech 0.6 --lead 200 --tail 80';
    const further = `--spike-penalty 0.12 --lr 0.001 --warmup 0 --seed 4 --epochs ${options.epochs}`;
    const given = [...recipe.split(' '), ...further.split(' ')];
    // the last epoch, not the best on validation streams, so that both networks have learnt equally long
    const from = ['--data', recordings, '--ambient', ambient!, '--from', checkpoint];
    spikeword('train', ...from, ...given, ...more, '--out', run);
    writeFileAtomically(join(run, 'done'), '');
  }
  return join(run, 'last.safetensors');
}

/** False accepts an hour at no more than so many misses. */
interface Rates {
  readonly dense: number;
  readonly ambient: number;
}

/** Lets a network listen to streams of the validation split. Returns its rates at each of `MISSED`. */
async function ratesOf(net: QuantizedNetwork): Promise<Rates[]> {
  const content = encodeModel(net);
  const point = comparisonPoint(net);
  const source = { split: 'validation', seed: COMPARE_SEED } as const;
  const hours = Number(options.compare);
  const prepared = await prepareStreams(words, { data: data!, hours, snrDb: SNR_DB, ...source });
  const replay = new Replay(openKernel(content), await answersTo(soundsOf(prepared), content, point.hop, {}));
  prepared.pack.close();
  replay.use(point);
  const heard = await hearAmbient(content, point.hop, { ambient: ambient!, ...source });
  const quiet = new Replay(openKernel(content), heard.answers);
  quiet.use(point);
  const quietHours = [...ambientHours(heard.plans)].reduce((sum, [kind, h]) => sum + (isBudgeted(kind) ? h : 0), 0);
  const { thresholds, outcomes } = new StreamScorer(replay, prepared.plans).sweep(point.thresholds);
  return MISSED.map((most) => {
    // the thresholds with the fewest false accepts that miss no more; the strictest of them
    const within = [...outcomes.keys()].filter((k) => outcomes[k].missRate <= most);
    const fewest = Math.min(...within.map((k) => outcomes[k].falseAccepts));
    const at = within.findLast((k) => outcomes[k].falseAccepts === fewest)!;
    quiet.setThresholds(thresholds[at]);
    let accepts = 0;
    heard.plans.forEach(({ kind }, stream) => {
      if (isBudgeted(kind)) accepts += [...quiet.heardIn(stream)].length;
    });
    return { dense: outcomes[at].falseAcceptsPerHour, ambient: accepts / quietHours };
  });
}

if (!existsSync(kept)) await keepMistakes();
const journal = await SoundJournal.open(kept);
journal.close();
const count = (...verdicts: (Review['verdict'] | undefined)[]): number =>
  journal.sounds.filter(({ review }) => verdicts.includes(review?.verdict)).length;
console.log(
  `kept: ${count('not a word')} false accepts, ${count('right', 'wrong word')} words, ${count(undefined)} not sorted`,
);

const networks = {
  before: () => checkpoint,
  with: () => trained('with', ['--mistakes', kept, '--mistakes-weight', options.weight]),
  without: () => trained('without', []),
};
console.log(
  `false accepts an hour, in words then in ambient sound, at most missed\n${''.padEnd(16)}${MISSED.map((missed) => `${100 * missed} %`.padStart(13)).join('')}`,
);
for (const [name, make] of Object.entries(networks)) {
  const done = join(out, `${name}-${options.compare}.json`);
  const rates: readonly Rates[] = existsSync(done)
    ? JSON.parse(readFileSync(done, 'utf8'))
    : await ratesOf(quantizeNetwork(readCheckpoint(make())));
  writeFileAtomically(done, JSON.stringify(rates));
  const text = rates.map(({ dense, ambient }) => `${dense.toFixed(1)}, ${ambient.toFixed(1)}`.padStart(13));
  console.log(`${name.padEnd(16)}${text.join('')}`);
}

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { beforeAfterText } from '../../host/cli/mistakes.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { SoundJournal } from '../../host/dataset/index.js';
import { evaluateStreams, type StreamReport } from '../../host/detection/index.js';
import { readCheckpoint } from '../../host/model/index.js';
import { configureTraining, readConfig, type TrainingResult } from '../../host/training/index.js';
import { openTrainingData } from '../../host/training/training-data.js';
import { MAIN, spikeword } from '../cli/spikeword.js';
import { corpus, SPEAKERS, temporaryFolder } from '../dataset/corpus.js';

// A tone that rises is the word, one that falls is another word, and one that rises while a second tone whistles is in
// no training clip. A network that has learnt the first two takes it for the word.

const RATE = 16_000;
/** The direction of the tone, and the level of the whistle. */
const KINDS = { rise: [1, 0], fall: [-1, 0], whistle: [1, 0.7] } as const;
type Kind = keyof typeof KINDS;

/** Returns a second with a word somewhere in its middle, and faint hiss. */
function say(kind: Kind, random: Random): Int16Array {
  const [direction, whistle] = KINDS[kind];
  const length = Math.round(RATE * (0.4 + 0.15 * random.uniform()));
  const start = Math.round((RATE - length) * (0.3 + 0.4 * random.uniform()));
  const middle = 700 * 2 ** (0.5 * (random.uniform() - 0.5));
  const samples = Int16Array.from({ length: RATE }, () => Math.round(15 * random.normal()));
  let phase = 0;
  for (let k = 0; k < length; k++) {
    const t = k / length;
    phase += ((2 * Math.PI * middle) / RATE) * 2 ** (direction * (1.6 * t - 0.8));
    const level = 4000 * Math.sin(Math.PI * t) ** 0.5;
    const tone = Math.sin(phase) + 0.5 * Math.sin(2 * phase) + 0.3 * Math.sin(3 * phase);
    samples[start + k] += Math.round(level * (tone + whistle * Math.sin((2 * Math.PI * 3500 * k) / RATE)));
  }
  return samples;
}

const hiss = (seconds: number, level: number, random: Random): Int16Array =>
  Int16Array.from({ length: seconds * RATE }, () => Math.round(level * random.normal()));

/** Returns recordings of words in a split, `count` by each of its four speakers, and background noise. */
function recordings(words: readonly Kind[], split: keyof typeof SPEAKERS, count: number, random: Random) {
  const clips = words.flatMap((kind) =>
    SPEAKERS[split].flatMap((speaker) =>
      Array.from({ length: count }, (_, k) => [`${kind}/${speaker}_nohash_${k}.wav`, encodeWav(say(kind, random))]),
    ),
  );
  return Object.fromEntries([...clips, ['_background_noise_/hiss.wav', encodeWav(hiss(20, 300, random))]]);
}

const random = new Random(0x3157a4e);
const root = temporaryFolder();
process.env.SPIKEWORD_CACHE = join(root, 'cache');
const clips = {
  ...recordings(['rise', 'fall'], 'training', 16, random),
  ...recordings(['rise', 'fall'], 'validation', 4, random),
};
const data = corpus(clips);
/** The same, and validation clips of what the first network gets wrong. */
const withWhistles = corpus({ ...clips, ...recordings(['whistle'], 'validation', 4, random) });
/** What the networks are compared on: recordings of the testing split, which neither of them has heard. */
const others = corpus(recordings(['rise', 'whistle'], 'testing', 12, random));

const [first, second, kept] = ['first', 'second', 'kept'].map((name) => join(root, name));
const model = (run: string): string => join(run, 'model.spkw');

function done(...args: readonly string[]): string {
  const { code, stdout, stderr } = spikeword(...args);
  assert.equal(code, 0, stderr);
  return stdout;
}

/** Returns what a model does in streams of other recordings, with many thresholds. */
async function curveOf(run: string): Promise<StreamReport['curve']> {
  const report = await evaluateStreams({
    ...{ model: model(run), data: others, split: 'testing', hours: 0.1, snrDb: [30], seed: 1 },
    point: { averageMs: 160, minimumCount: 1, suppressionMs: 500, hopMs: 80 },
  });
  return report.curve;
}

describe('a round of learning from mistakes', () => {
  let told = '';
  let result: TrainingResult;

  before(() => {
    const options = ['--task', 'live:rise', '--preset', 'tiny', '--epochs', '12', '--batch', '16'];
    done('train', '--data', data, ...options, '--out', first);
    done('quantize', first);
    // thresholds for which what sounds like the word counts as the word
    done('tune', first, '--data', withWhistles, '--hours', '0.05', '--false-accepts', '1000');
    const parts = Array.from({ length: 40 }, () => [hiss(1, 15, random), say('whistle', random)]).flat();
    const stream = join(root, 'stream.wav');
    writeFileSync(stream, encodeWav(Int16Array.from(parts.flatMap((part) => [...part]))));
    done('listen', first, '--wav', stream, '--keep', kept);
    const reviewed = spawnSync(process.execPath, [MAIN, 'review', kept], { input: 'n'.repeat(100), encoding: 'utf8' });
    assert.equal(reviewed.status, 0, reviewed.stderr);
    const begun = ['--config', join(first, 'config.json'), '--from', join(first, 'best.safetensors')];
    const further = ['--data', withWhistles, '--mistakes', kept, '--epochs', '5', '--out', second, '--json'];
    const trained = spikeword('train', ...begun, ...further);
    assert.equal(trained.code, 0, trained.stderr);
    told = trained.stderr;
    result = JSON.parse(trained.stdout);
    done('quantize', second);
  });

  test('lowers false accepts in other streams at equal misses', async () => {
    const curves = [await curveOf(first), await curveOf(second)];
    for (const missed of [0.1, 0.3]) {
      const [before, after] = curves.map((curve) =>
        Math.min(...curve.filter(({ missRate }) => missRate <= missed).map((point) => point.falseAcceptsPerHour)),
      );
      assert.ok(before > 100 && after < before / 3, `${before} before, ${after} after, at ${missed} missed`);
    }
  });

  test('reports what both networks do in the validation streams, with the thresholds of the first', async () => {
    const { thresholdsOf, before, after } = result.beforeAfter!;
    assert.equal(thresholdsOf, model(first));
    const keywords = 4 * SPEAKERS.validation.length;
    const streams = { hours: (2 * keywords) / 500, snrDb: [10, 30], seed: 0xbe57 };
    const { missRate, falseAcceptsPerHour } = await evaluateStreams({
      ...{ model: model(first), data: withWhistles, split: 'validation' },
      ...streams,
    });
    assert.deepEqual([before.missRate, before.falseAcceptsPerHour], [missRate, falseAcceptsPerHour]);
    assert.ok(before.falseAcceptsPerHour > 0 && after.falseAcceptsPerHour < before.falseAcceptsPerHour);
    assert.ok(after.missesAtFewFalseAccepts < before.missesAtFewFalseAccepts);
    assert.equal(before.ambientPerHour, null);
  });

  test('says what it uses, and records it with the run and the checkpoint', () => {
    assert.match(told, new RegExp(`^${kept}: \\d\\d false accepts, 0 words\n`, 'm'));
    const environment = JSON.parse(readFileSync(join(second, 'environment.json'), 'utf8'));
    const [{ name, digest }] = environment.dataset.mistakes;
    assert.equal(name, 'kept');
    assert.ok(readCheckpoint(join(second, 'best.safetensors')).provenance.dataset.endsWith(` + kept ${digest}`));
    const config = readConfig(join(second, 'config.json'));
    assert.deepEqual([config.mistakes, config.mistakesWeight], [[kept], 0.25]);
  });

  test('is not resumed after another review of the same sounds', () => {
    spawnSync(process.execPath, [MAIN, 'review', kept, '--all'], { input: 'r' });
    const { code, stderr } = spikeword('train', '--resume', second);
    assert.equal(code, 1);
    assert.match(stderr, /^RunError: .*began with different kept sounds, or with another review of them/);
  });
});

describe('a training with mistakes', () => {
  const config = configureTraining({ data, task: 'live:rise', preset: 'tiny', batchSize: 16 }, null);
  const folder = join(root, 'some');

  before(async () => {
    const journal = await SoundJournal.create(folder);
    const about = { name: 'model.spkw', sha256: '00', words: ['rise'] };
    for (let k = 0; k < 3; k++) {
      const sound = { kind: 'near-miss', word: 'rise', score: 0.6, threshold: 0.7, timeMs: k, source: 'test' } as const;
      journal.add({ ...sound, model: about }, say('rise', random));
    }
    const [missed, accepted] = journal.sounds;
    journal.review(missed.file, { verdict: 'right', said: 'rise' });
    journal.review(accepted.file, { verdict: 'not a word', said: null });
    journal.close();
  });

  test('has further examples of the word and of _unknown_ for training, and none for validation', async () => {
    const plain = await openTrainingData(config, { threads: 1 });
    const heavier = configureTraining({ mistakes: [folder], mistakesWeight: 0.15 }, config);
    const learning = await openTrainingData(heavier, { threads: 1 });
    await Promise.all([plain.close(), learning.close()]);
    const count = (labels: Int32Array, label: number): number => labels.filter((other) => other === label).length;
    const [rise, unknown, silence] = [0, 1, 2].map(
      (label) => count(learning.training.labels, label) - count(plain.training.labels, label),
    );
    // 0.15 of the 64 clips of the word are 10 of each; pieces and joined words come from the further clips too
    const { pieces, joined } = config.augmentation.live!;
    const cut = (words: number): number => Math.ceil(words * pieces) + Math.ceil(words * joined);
    assert.deepEqual([rise, unknown, silence], [10, 10 + cut(74) - cut(64), 0]);
    assert.deepEqual(learning.validation.labels, plain.validation.labels);
  });

  test('refuses a folder of another task, before it writes anything', () => {
    const out = join(root, 'refused');
    const args = ['train', '--data', data, '--task', 'live:fall', '--preset', 'tiny', '--mistakes', folder];
    const { code, stderr } = spikeword(...args, '--out', out);
    assert.equal(code, 1);
    assert.match(stderr, /^DatasetError: .* words that the task live:fall does not have: rise; /m);
    assert.ok(!existsSync(out));
  });

  test('gets the default weight if the configuration to repeat is of an older version', () => {
    const { mistakesWeight: _, ...older } = config;
    assert.equal(configureTraining({ mistakes: [folder] }, older).mistakesWeight, 0.25);
    assert.equal(configureTraining({}, older).mistakesWeight, undefined);
  });
});

test('the figures before and after a training are a table', () => {
  const before = { missRate: 0.123, falseAcceptsPerHour: 12.34, ambientPerHour: 4, missesAtFewFalseAccepts: 0.5 };
  const after = { missRate: 0.1, falseAcceptsPerHour: 3, ambientPerHour: 0.5, missesAtFewFalseAccepts: 0.25 };
  assert.deepEqual(beforeAfterText({ thresholdsOf: 'runs/a/model.spkw', before, after }), [
    '',
    'validation streams, with the thresholds of runs/a/model.spkw',
    '        missed  false accepts/h  ambient/h  missed at 2 to 10/h',
    '───────────────────────────────────────────────────────────────',
    'before  12.3 %             12.3        4.0               50.0 %',
    'after   10.0 %              3.0        0.5               25.0 %',
    '',
  ]);
  const quiet = { ...before, ambientPerHour: null };
  const text = beforeAfterText({ thresholdsOf: null, before: quiet, after: quiet });
  assert.match(text[1], /with a threshold of 0\.5$/);
  assert.doesNotMatch(text[2], /ambient/);
});

import assert from 'node:assert/strict';
import { cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { readRecording } from '../../host/audio/index.js';
import { CLIP_SAMPLES } from '../../host/core/audio/index.js';
import { StreamDetector } from '../../host/core/detection/index.js';
import { UsageError } from '../../host/core/error.js';
import { heldOutOf } from '../../host/core/wakeword/index.js';
import type { ClipFile } from '../../host/dataset/index.js';
import { openKernel, readCheckpoint, readModel, writeCheckpoint } from '../../host/model/index.js';
import { RunError } from '../../host/system/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { trainWakeWords, type WakeWordResult } from '../../host/training/index.js';
import { temporaryFolder } from '../dataset/corpus.js';

const SAMPLE = packagePath('datasets/sample');
/** Enough to learn a word of synthetic voices. */
const EPOCHS = 6;
const CLIPS = 20;

let folder: string;
let data: string;
let result: WakeWordResult;
/** Recordings of the word that were not in the folder. */
let unheard: string[];

before(async () => {
  folder = temporaryFolder();
  process.env.SPIKEWORD_CACHE = join(folder, 'cache');
  data = join(folder, 'mine');
  mkdirSync(join(data, 'left'), { recursive: true });
  const clips = readdirSync(join(SAMPLE, 'left')).sort();
  for (const name of clips.slice(0, CLIPS)) cpSync(join(SAMPLE, 'left', name), join(data, 'left', name));
  // another word of the same synthetic voices
  cpSync(join(SAMPLE, 'right'), join(data, 'right'), { recursive: true });
  unheard = clips.slice(CLIPS).map((name) => join(SAMPLE, 'left', name));
  result = await trainWakeWords({ data, words: ['left'], out: join(folder, 'out'), epochs: EPOCHS, threads: 2 });
});

/** Returns what a model detects in a recording in the middle of silence. */
async function heardIn(model: string, path: string): Promise<string[]> {
  const sound = new Int16Array(3 * CLIP_SAMPLES);
  sound.set(await readRecording(path), CLIP_SAMPLES);
  const detector = new StreamDetector(openKernel(readModel(model).bytes), { point: { falseAccepts: 1 } });
  return detector.push(sound).map(({ word }) => word);
}

describe('training a wake word', () => {
  test('writes a model that detects the word and says how it was made', () => {
    const { network } = readModel(result.model);
    assert.deepEqual(network.labels, ['left', '_unknown_', '_silence_']);
    assert.equal(network.detection?.curve.length, 6);
    assert.deepEqual([network.provenance.task, network.provenance.epochs], ['live:left', EPOCHS]);
    assert.deepEqual(readdirSync(join(folder, 'out')).sort(), [
      'left.safetensors',
      'left.spkw',
      'left.wasm',
      'wake-word.json',
    ]);
    const { words, missRate } = JSON.parse(readFileSync(join(folder, 'out', 'wake-word.json'), 'utf8'));
    assert.deepEqual([words, missRate], [['left'], result.outcome.missRate]);
  });

  test('holds whole speakers out where there are enough', () => {
    assert.equal(result.trained.clips + result.heldOut.clips, CLIPS);
    assert.equal(result.others, 30);
    assert.ok(result.heldOut.clips >= CLIPS / 10);
  });

  test('hears other recordings of the word, and not other words', async () => {
    let heard = 0;
    for (const path of unheard) if ((await heardIn(result.model, path)).length > 0) heard++;
    assert.ok(heard >= 0.7 * unheard.length, `${heard} of ${unheard.length}`);
    let accepted = 0;
    const others = ['yes', 'stop', 'go', 'up'].flatMap((word) =>
      readdirSync(join(SAMPLE, word))
        .sort()
        .slice(0, 8)
        .map((name) => join(SAMPLE, word, name)),
    );
    for (const path of others) if ((await heardIn(result.model, path)).length > 0) accepted++;
    assert.ok(accepted <= 2, `${accepted} of ${others.length} other words`);
  });

  test('gives the same bytes on one thread', async () => {
    const [one, two] = await Promise.all(
      [1, 2].map((threads) =>
        trainWakeWords({ data, words: ['left'], out: join(folder, `t${threads}`), epochs: 1, threads }),
      ),
    );
    for (const path of ['model', 'module', 'checkpoint'] as const) {
      assert.ok(readFileSync(one[path]).equals(readFileSync(two[path])), path);
    }
  });

  test('learns from sounds that were kept and reviewed', async () => {
    const kept = join(folder, 'kept');
    mkdirSync(kept);
    const model = { name: 'left.spkw', sha256: '0'.repeat(64), words: ['left'] };
    const line = (file: string, verdict: string, said: string | null): string => {
      const heard = { file, kind: 'detection', word: 'left', score: 0.9, threshold: 0.8, timeMs: 1000, source: 'a' };
      return JSON.stringify({ ...heard, model, review: { verdict, said } });
    };
    cpSync(join(SAMPLE, 'yes', readdirSync(join(SAMPLE, 'yes'))[0]), join(kept, '1.wav'));
    cpSync(unheard[0], join(kept, '2.wav'));
    writeFileSync(
      join(kept, 'kept.jsonl'),
      `${line('1.wav', 'not a word', null)}\n${line('2.wav', 'right', 'left')}\n`,
    );
    const options = { data, words: ['left'], epochs: 2, threads: 2 };
    const learnt = await trainWakeWords({ ...options, mistakes: [kept], out: join(folder, 'learnt') });
    assert.deepEqual(learnt.mistakes, { words: 1, falseAccepts: 1 });
    const without = await trainWakeWords({ ...options, out: join(folder, 'without') });
    assert.notDeepEqual(readFileSync(learnt.checkpoint), readFileSync(without.checkpoint));
    const other = { ...options, words: ['right'], mistakes: [kept], out: join(folder, 'other') };
    await assert.rejects(trainWakeWords(other), /was kept by a model with words/);
  });

  test('refuses a word without recordings, a folder that is used, and a network that cannot begin it', async () => {
    const out = join(folder, 'refused');
    await assert.rejects(trainWakeWords({ data, words: ['lamp'], out }), (error: Error) => {
      return error instanceof UsageError && error.message.includes("has no recordings of 'lamp'; put them into");
    });
    const used = join(folder, 'used');
    mkdirSync(used);
    writeFileSync(join(used, 'notes.txt'), 'mine');
    await assert.rejects(trainWakeWords({ data, words: ['left'], out: used }), RunError);
    const from = packagePath('models/gsc-17-small.safetensors');
    await assert.rejects(trainWakeWords({ data, words: ['left'], out, from }), /classifies clips/);
    const trunk = readCheckpoint(packagePath('models/commands.safetensors'));
    const parameters = new Map([...trunk.parameters].filter(([name]) => !name.endsWith('.thresholds')));
    const rectified = join(folder, 'rectified.safetensors');
    writeCheckpoint(rectified, { ...trunk, parameters, spec: { ...trunk.spec, neuron: 'relu' } });
    await assert.rejects(trainWakeWords({ data, words: ['left'], out, from: rectified }), /has no spikes/);
    assert.deepEqual(readdirSync(folder).includes('refused'), false);
  });
});

describe('recordings that are held out', () => {
  const clips = (count: number, speakers: number, known = true): ClipFile[] =>
    Array.from({ length: count }, (_, k) => ({
      path: `lamp/${k % speakers}_nohash_${k}.wav`,
      word: 'lamp',
      speaker: String(k % speakers),
      speakerKnown: known,
      split: 'training',
    }));

  test('are every fifth of one voice', () => {
    assert.deepEqual([...heldOutOf(clips(20, 1))].map(({ path }) => path).length, 4);
  });

  test('are all of every fifth voice where there are five', () => {
    const held = [...heldOutOf(clips(20, 10))];
    assert.deepEqual([...new Set(held.map(({ speaker }) => speaker))], ['4', '9']);
    assert.equal(held.length, 4);
  });

  test('are single ones where nobody knows who speaks', () => {
    assert.equal(heldOutOf(clips(20, 20, false)).size, 4);
  });

  test('are none of a few', () => {
    assert.equal(heldOutOf(clips(9, 9)).size, 0);
  });
});

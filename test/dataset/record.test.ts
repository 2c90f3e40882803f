import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readRecording, recordedSource } from '../../host/audio/index.js';
import { SPLITS } from '../../host/core/dataset/index.js';
import { Random } from '../../host/core/random.js';
import {
  checkTake,
  openDataset,
  ownSpeakerId,
  type RecordingDialogue,
  type RecordingOptions,
  recordWord,
  saveClip,
  splitBySpeaker,
} from '../../host/dataset/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { spikeword } from '../cli/spikeword.js';
import { corpus, SPEAKERS, temporaryFolder } from './corpus.js';

const RATE = 16_000;

/** Returns noise of ±10 with a tone between two times in seconds. */
function tone(length: number, from: number, to: number, amplitude: number): Int16Array {
  const random = new Random(5);
  return Int16Array.from({ length: length * RATE }, (_, k) => {
    const noise = random.below(21) - 10;
    return k < from * RATE || k >= to * RATE ? noise : noise + amplitude * Math.sin((2 * Math.PI * 440 * k) / RATE);
  });
}

describe('a take', () => {
  test('is cut to one second with the word in the middle', () => {
    const samples = tone(2, 1.1, 1.5, 3000);
    const checked = checkTake(samples);
    assert.ok(checked.kind === 'good');
    assert.deepEqual([checked.samples.length, checked.wordMs], [RATE, 400]);
    // The middle of the word is at 1.3 s.
    assert.deepEqual(checked.samples, samples.slice(0.8 * RATE, 1.8 * RATE));
    // A sine of amplitude 3000 has the level 20·log10(3000 / √2 / 32768).
    assert.ok(Math.abs(checked.levelDbfs + 23.8) < 0.1, `${checked.levelDbfs}`);
  });

  test('is cut to its last second if the word is near its end', () => {
    const samples = tone(2, 1.5, 1.9, 3000);
    const checked = checkTake(samples);
    assert.ok(checked.kind === 'good');
    assert.deepEqual(checked.samples, samples.slice(RATE));
  });

  for (const [what, samples, fault] of [
    ['that is clipped', tone(2, 1, 1.5, 40_000).map((s) => Math.max(-32_768, Math.min(32_767, s))), /too loud/],
    ['that is hardly audible', tone(2, 1, 1.5, 100), /too quiet: −?-?\d+ dB/],
    ['from a muted microphone', new Int16Array(2 * RATE), /muted/],
    ['without a word', tone(2, 0, 2, 3000), /no word is louder than the noise|longer than a second/],
    ['whose word is longer than a second', tone(2, 0.3, 1.6, 3000), /longer than a second/],
    ['whose word began before the signal', tone(2, 0, 0.5, 3000), /cut off at its beginning/],
    ['whose word continues after the end', tone(2, 1.5, 2, 3000), /cut off at its end/],
  ] as const) {
    test(`${what} is refused`, () => {
      const checked = checkTake(Int16Array.from(samples));
      assert.ok(checked.kind === 'fault');
      assert.match(checked.fault, fault);
    });
  }
});

describe('a speaker who gives no id', () => {
  test('gets one id per split, whose hash is in that split, by default training', () => {
    const ids = SPLITS.map((split) => ownSpeakerId(split));
    assert.deepEqual(ids.map(splitBySpeaker), SPLITS);
    assert.deepEqual([ownSpeakerId(), ownSpeakerId('testing')], [ids[0], ids[2]]);
    for (const id of ids) assert.match(id, /^[0-9a-f]{8}$/);
  });

  test('cannot choose a split that a given speaker or lists in the folder decide', async () => {
    const split = 'validation';
    await assert.rejects(session([], [], { split }), {
      name: 'UsageError',
      message: /--speaker ann already gives one/,
    });
    const data = corpus({ 'validation_list.txt': '', 'testing_list.txt': '' });
    await assert.rejects(session([], [], { data, split, speaker: undefined }), {
      name: 'UsageError',
      message: /its list files decide the split, and a clip that is in neither list goes to training/,
    });
    const { result } = await session([good], ['keep'], { data, takes: 1, speaker: SPEAKERS.validation[0] });
    assert.deepEqual([result.split, openDataset(data).clips[0].split], ['training', 'training']);
  });
});

test('new clips of a speaker get the numbers after the existing clips', () => {
  const root = temporaryFolder();
  const save = (speaker: string) => saveClip(root, 'lamp', speaker, new Int16Array(RATE).fill(1));
  const paths = [save('ann'), save('ann'), save('bo'), save('ann')];
  assert.deepEqual(
    paths,
    ['ann_nohash_0', 'ann_nohash_1', 'bo_nohash_0', 'ann_nohash_2'].map((name) => join(root, 'lamp', `${name}.wav`)),
  );
});

/** Returns three seconds for the countdown, then a take of two seconds. */
function heard(take: Int16Array): Int16Array {
  const all = new Int16Array(5 * RATE + 777);
  all.set(take, 3 * RATE);
  return all;
}

/** Records with known takes, and notes what the dialogue says. */
async function session(takes: Int16Array[], decisions: string[], options: Partial<RecordingOptions> = {}) {
  const said: string[] = [];
  const data = temporaryFolder();
  const dialogue: RecordingDialogue = {
    take: (number, total) => said.push(`take ${number}/${total}`),
    countdown: (seconds) => said.push(String(seconds)),
    fault: (text) => said.push(text.split(':')[0]),
    decide: async () => decisions.shift() as 'keep',
    saved: (path) => said.push(`saved ${path.slice(data.length)}`),
  };
  const open = async () => recordedSource(heard(takes.shift()!), 'test');
  const result = await recordWord({ word: 'lamp', data, speaker: 'ann', takes: 2, open, dialogue, ...options });
  return { result, said, data };
}

const good = tone(2, 0.5, 1, 3000);

describe('a recording session', () => {
  test('counts down, reports faults, asks, and keeps the takes that it should keep', async () => {
    const quiet = tone(2, 0.5, 1, 100);
    const { result, said, data } = await session([quiet, good, good, good], ['redo', 'keep', 'keep']);
    const countdown = ['3', '2', '1', '0'];
    assert.deepEqual(said, [
      ...['take 1/2', ...countdown, 'too quiet'],
      ...['take 1/2', ...countdown],
      ...['take 1/2', ...countdown, 'saved /lamp/ann_nohash_0.wav'],
      ...['take 2/2', ...countdown, 'saved /lamp/ann_nohash_1.wav'],
    ]);
    assert.deepEqual(
      result.files,
      ['0', '1'].map((n) => join(data, 'lamp', `ann_nohash_${n}.wav`)),
    );
    const clip = await readRecording(result.files[0]);
    assert.deepEqual(clip, good.slice(0.25 * RATE, 1.25 * RATE));
  });

  test('ends when the speaker quits, and leaves the clips that were kept', async () => {
    const { result } = await session([good, good], ['keep', 'quit']);
    assert.equal(result.files.length, 1);
  });

  test('gives up after five failed takes in a row', async () => {
    const muted = Array.from({ length: 6 }, () => new Int16Array(2 * RATE));
    await assert.rejects(session(muted, []), {
      name: 'CaptureError',
      message: /^5 takes in a row failed: the microphone gives only zeros/,
    });
  });

  test('refuses a word or a speaker that cannot be a file name', async () => {
    await assert.rejects(session([], [], { word: '../lamp' }), { name: 'UsageError', message: /word '\.\.\/lamp'/ });
    await assert.rejects(session([], [], { speaker: 'ann_b' }), { name: 'UsageError', message: /speaker 'ann_b'/ });
  });

  test('reports that the microphone ended in the middle of a take', async () => {
    const open = async () => recordedSource(new Int16Array(2 * RATE), 'test');
    await assert.rejects(session([], [], { open }), {
      name: 'CaptureError',
      message: /ended after 2\.0 s, in the middle of a take/,
    });
  });
});

test('a network can be trained on recordings of one speaker', async () => {
  const sample = packagePath('datasets/sample');
  const data = temporaryFolder();
  for (const word of ['yes', 'stop']) {
    const files = readdirSync(join(sample, word)).sort();
    for (const [k, split] of (['training', 'training', 'validation'] as const).entries()) {
      const dialogue: RecordingDialogue = {
        ...{ take: () => {}, countdown: () => {}, fault: (text) => assert.fail(text), saved: () => {} },
        decide: async () => 'keep',
      };
      const take = tone(2, 0, 0, 0);
      take.set(await readRecording(join(sample, word, files[k])), 0.4 * RATE);
      const open = async () => recordedSource(heard(take), 'test');
      await recordWord({ word, data, split, takes: 2, open, dialogue });
    }
  }
  const { clips } = openDataset(data);
  assert.deepEqual(
    ['training', 'validation'].map((split) => clips.filter((clip) => clip.split === split).length),
    [8, 4],
  );
  const args = [
    '--task',
    'yes,stop',
    '--preset',
    'tiny',
    '--epochs',
    '1',
    '--warmup',
    '0',
    '--batch',
    '4',
    '--noise',
    '0',
  ];
  const { code, stderr } = spikeword('train', '--data', data, ...args, '--out', join(temporaryFolder(), 'run'));
  assert.equal(code, 0, stderr);
});

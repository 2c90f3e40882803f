import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SPLITS } from '../../host/core/dataset/index.js';
import { UsageError } from '../../host/core/error.js';
import { encodeWav } from '../../host/core/wav/index.js';
import {
  type Example,
  isDetected,
  loadNoiseOfSplit,
  noiseStretch,
  openDataset,
  packSamples,
  resolveTask,
  taskExamples,
} from '../../host/dataset/index.js';
import { constantWav, corpus, REAL_CORPUS, SPEAKERS, WITHOUT_REAL_CORPUS } from './corpus.js';

const everyone = SPLITS.flatMap((split) => SPEAKERS[split]);

/** Recordings of twelve speakers, four per split, who each say each word a given number of times. */
function recordings(word: string, times: number): Record<string, Uint8Array> {
  const paths = everyone.flatMap((who) => Array.from({ length: times }, (_, n) => `${word}/${who}_nohash_${n}.wav`));
  return Object.fromEntries(paths.map((path) => [path, constantWav(1, 10)]));
}

/** A noise recording in which the value of every sample is its position in thousands. */
const ramp = Int16Array.from({ length: 200_000 }, (_, k) => Math.floor(k / 1000) + 1);
const dataset = openDataset(
  corpus({
    ...recordings('lamp', 20),
    ...recordings('often', 30),
    ...recordings('common', 30),
    ...recordings('rare', 1),
    '_background_noise_/ramp.wav': encodeWav(ramp),
  }),
);
const task = resolveTask('live:lamp');

function countWords(examples: readonly Example[], label: number): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { clip, label: of } of examples) {
    if (of === label && clip !== null) counts[clip.word] = (counts[clip.word] ?? 0) + 1;
  }
  return counts;
}

describe('a live task', () => {
  test('has its words, then _unknown_, then _silence_', () => {
    assert.deepEqual(task, { name: 'live:lamp', labels: ['lamp', '_unknown_', '_silence_'], live: true });
    const commands = 'yes no up down left right on off stop go _unknown_ _silence_'.split(' ');
    assert.deepEqual(resolveTask('commands'), { name: 'commands', labels: commands, live: true });
    assert.equal(resolveTask(task.name).name, task.name);
    assert.equal(resolveTask('gsc-12').live, undefined);
    for (const text of ['live:', 'live:lamp,', 'live:lamp,lamp', 'live:_unknown_', 'live:../x']) {
      assert.throws(() => resolveTask(text), UsageError, text);
    }
  });

  test('draws the same number of unknown clips of every word, and all clips of a rare word', () => {
    const { lamp: _, ...unknown } = countWords(taskExamples(dataset, task, 'validation', 1), 1);
    // There are 80 clips of lamp and 1.8 times as many unknown clips, 4 of which are of the rare word.
    assert.deepEqual(unknown, { common: 70, often: 70, rare: 4 });
  });

  test('repeats the clips of a rare word in training, all of them equally often', () => {
    const examples = taskExamples(dataset, task, 'training', 1);
    assert.deepEqual(countWords(examples, 1), { common: 48, often: 48, rare: 48 });
    const names = examples.filter(({ clip }) => clip?.word === 'rare').map(({ name }) => name);
    for (const name of new Set(names)) assert.equal(names.filter((other) => other === name).length, 12);
    const often = examples.filter(({ clip }) => clip?.word === 'often').map(({ name }) => name);
    assert.equal(new Set(often).size, often.length);
  });

  test('tells other words apart where it has classes for them, and draws the same clips', () => {
    const apart = resolveTask('live: lamp + rare, often');
    const labels = ['lamp', '_unknown_', '_silence_', 'rare', 'often'];
    assert.deepEqual(apart, { name: 'live:lamp+rare,often', labels, live: true, others: ['rare', 'often'] });
    assert.deepEqual(resolveTask(apart.name), apart);
    assert.deepEqual(
      labels.filter((_, label) => isDetected(apart, label)),
      ['lamp'],
    );
    const told = taskExamples(dataset, apart, 'training', 1);
    assert.deepEqual(countWords(told, 1), { common: 48 });
    assert.deepEqual(countWords(told, 3), { rare: 48 });
    assert.deepEqual(countWords(told, 4), { often: 48 });
    const names = (examples: readonly Example[]): string[] => examples.map(({ name }) => name);
    assert.deepEqual(names(told), names(taskExamples(dataset, task, 'training', 1)));
    for (const text of ['live:lamp+', 'live:+rare', 'live:lamp+lamp', 'live:lamp+_unknown_']) {
      assert.throws(() => resolveTask(text), UsageError, text);
    }
  });

  test('takes all clips from speakers of its split', () => {
    for (const split of SPLITS) {
      for (const { clip } of taskExamples(dataset, task, split, 1)) {
        if (clip !== null) assert.ok((SPEAKERS[split] as readonly string[]).includes(clip.speaker));
      }
    }
  });

  test('depends only on the seed', () => {
    const names = (seed: number): string[] => taskExamples(dataset, task, 'training', seed).map(({ name }) => name);
    assert.deepEqual(names(1), names(1));
    assert.notDeepEqual(names(1), names(2));
  });
});

describe('noise of a split', () => {
  test('is a separate stretch of the recording, and the stretches of all splits together are the recording', () => {
    assert.deepEqual(
      SPLITS.map((split) => noiseStretch(1001, split)),
      [
        [0, 600],
        [600, 800],
        [800, 1001],
      ],
    );
  });

  test('contains the samples of its stretch', async () => {
    const [noise] = await loadNoiseOfSplit(dataset, 'validation');
    assert.deepEqual([noise.length, noise[0], noise.at(-1)], [40_000, 121, 160]);
  });

  test('is the only source for the silence of a live task, which can also be digital silence', async () => {
    const limits = { training: [1, 120], validation: [121, 160], testing: [161, 200] } as const;
    for (const split of SPLITS) {
      const seeds = [1, 2, 3, 4, 5, 6, 7, 8];
      const silence = seeds.flatMap((seed) => taskExamples(dataset, task, split, seed)).filter(({ noise }) => noise);
      const loud = silence.map((example) => ({ ...example, noise: { ...example.noise!, gain: 1 } }));
      const pack = await packSamples(dataset, loud);
      const second = new Int16Array(16_000);
      for (let k = 0; k < pack.count; k++) {
        pack.read(k, second);
        assert.ok(second[0] >= limits[split][0] && second[15_999] <= limits[split][1], `${split} ${pack.names[k]}`);
      }
      pack.close();
      const gains = silence.map(({ noise }) => noise!.gain);
      assert.ok(gains.includes(0), 'digital silence');
      const decibels = gains.filter((gain) => gain > 0).map((gain) => 20 * Math.log10(gain));
      assert.ok(Math.min(...decibels) < -40 && Math.max(...decibels) > -10 && Math.max(...decibels) <= 0);
    }
  });
});

describe('commands on the real recordings', { skip: WITHOUT_REAL_CORPUS }, () => {
  const real = WITHOUT_REAL_CORPUS ? null : openDataset(REAL_CORPUS!);
  const commands = resolveTask('commands');

  test('have no speaker in two splits', () => {
    const speakers = SPLITS.map((split) => {
      return new Set(taskExamples(real!, commands, split, 1).flatMap(({ clip }) => clip?.speaker ?? []));
    });
    assert.ok(speakers.every((of) => of.size > 50));
    for (const [k, of] of speakers.entries()) {
      for (const other of speakers.slice(k + 1))
        assert.deepEqual(
          [...of].filter((speaker) => other.has(speaker)),
          [],
        );
    }
  });

  test('have every other word in training, none more often than nine others', () => {
    const counts = Object.values(countWords(taskExamples(real!, commands, 'training', 1), 10)).sort((a, b) => b - a);
    assert.equal(counts.length, 25, 'every word outside the task');
    assert.equal(counts[0], counts[9]);
  });
});

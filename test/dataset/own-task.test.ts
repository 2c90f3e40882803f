import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { openDataset, ownTask, resolveTask } from '../../host/dataset/index.js';
import { spikeword, unwrapped } from '../cli/spikeword.js';
import { constantWav, corpus, SPEAKERS, temporaryFolder } from './corpus.js';

process.env.SPIKEWORD_CACHE = temporaryFolder();

/** Clips of words by one speaker of a split, each with a sound of its own. */
function clips(words: readonly string[], split: keyof typeof SPEAKERS = 'training', speakers = 1) {
  const files = words.flatMap((word) => SPEAKERS[split].slice(0, speakers).map((who) => `${word}/${who}_nohash_0.wav`));
  return Object.fromEntries(files.map((file, k) => [file, constantWav(1 + k + 100 * split.length, 16_000)]));
}

const taskOf = (files: Parameters<typeof corpus>[0]): string => ownTask(openDataset(corpus(files)));
const SEVENTEEN = resolveTask('gsc-17').labels;

describe('without --task, a folder of recordings', () => {
  test('has a task of its own words, in alphabetical order', () => {
    assert.equal(taskOf(clips(['music', 'lamp'])), 'lamp,music');
  });

  test('has _unknown_ and _silence_ if it has recordings for them', () => {
    assert.equal(taskOf(clips(['lamp', '_unknown_'])), 'lamp,_unknown_');
    assert.equal(taskOf(clips(['lamp', '_silence_', '_unknown_'])), 'lamp,_unknown_,_silence_');
    const noise = { '_background_noise_/fan.wav': constantWav(3, 16_000) };
    assert.equal(taskOf({ ...clips(['lamp', 'music']), ...noise }), 'lamp,music');
  });

  test('has gsc-17 if it has all of those words, and its own if one is missing', () => {
    assert.equal(taskOf(clips(SEVENTEEN)), 'gsc-17');
    assert.equal(taskOf(clips([...SEVENTEEN, 'wow'])), 'gsc-17');
    assert.equal(taskOf(clips(SEVENTEEN.slice(1))), [...SEVENTEEN.slice(1)].sort().join());
  });

  test('is refused if it has only one class, or only other words', () => {
    assert.throws(() => taskOf(clips(['lamp'])), /has clips of lamp only; .* add another word/);
    assert.throws(() => taskOf(clips(['_unknown_'])), /has clips of _unknown_ only/);
  });
});

describe('spikeword train', () => {
  const data = corpus({
    ...clips(['lamp', 'music', 'radio'], 'training', 4),
    ...clips(['music'], 'validation'),
    ...clips(['lamp', 'music', 'radio'], 'testing'),
  });
  const train = (out: string, ...args: string[]) =>
    spikeword('train', '--data', data, '--preset', 'tiny', '--epochs', '1', '--out', out, ...args);

  test('says which words it takes, and which of them have no validation clip, before it trains', () => {
    const out = join(temporaryFolder(), 'run');
    const { code, stdout, stderr } = train(out);
    assert.equal(code, 0, stderr);
    const [before, epochs] = unwrapped(stderr).split(' epoch 1/1 ');
    assert.ok(epochs !== undefined);
    assert.match(before, /no --task, so the words of \S+: lamp music radio/);
    assert.match(before, /warning: no validation clips of lamp radio: the best epoch is chosen by the other words/);
    assert.match(before, /warning: validation: only 1 clip by 1 speaker/);
    assert.match(
      unwrapped(stdout),
      /of 1 validation clip by 1 speaker.* no clips of lamp radio: these figures say noth/,
    );
    assert.match(stdout, /\nnext: spikeword quantize \S+run\n {2}or: spikeword report \S+run\n$/);
    assert.equal(JSON.parse(readFileSync(join(out, 'config.json'), 'utf8')).task, 'lamp,music,radio');
    const { validation } = JSON.parse(readFileSync(join(out, 'environment.json'), 'utf8')).dataset;
    assert.deepEqual(validation, { voices: { clips: 1, speakers: 1 }, missingWords: ['lamp', 'radio'] });
    for (const text of [spikeword('quantize', out).stdout]) {
      assert.match(unwrapped(text), /1 validation clip by 1 speaker: .* only 1 clip .* no clips of lamp radio: /);
    }
    assert.equal(spikeword('report', out).code, 0);
    assert.match(readFileSync(join(out, 'report.html'), 'utf8'), /no clips of lamp radio: these figures say nothing/);
  });

  test('says the same in --json, and takes the words of --task instead', () => {
    const { code, stdout, stderr } = train(join(temporaryFolder(), 'run'), '--task', 'lamp,music', '--json');
    assert.equal(code, 0, stderr);
    assert.doesNotMatch(stderr, /no --task/);
    const { task, validation } = JSON.parse(stdout);
    assert.deepEqual(
      [task, validation.missingWords, validation.voices],
      ['lamp,music', ['lamp'], { clips: 1, speakers: 1 }],
    );
  });
});

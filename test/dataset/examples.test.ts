import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { SPLITS } from '../../host/core/dataset/index.js';
import { UsageError } from '../../host/core/error.js';
import { openDataset, resolveTask, summarizeTask, taskExamples, taskOn } from '../../host/dataset/index.js';
import { DatasetError } from '../../host/system/error.js';
import { constantWav, corpus, REAL_CORPUS, SPEAKERS, WITHOUT_REAL_CORPUS } from './corpus.js';

const clip = constantWav(1, 10);
const everyone = SPLITS.flatMap((split) => SPEAKERS[split]);

/** Recordings of twelve speakers, four per split, who each say every word three times. */
function recordings(words: readonly string[]): Record<string, Uint8Array> {
  const paths = words.flatMap((word) =>
    everyone.flatMap((who) => [0, 1, 2].map((n) => `${word}/${who}_nohash_${n}.wav`)),
  );
  return Object.fromEntries(paths.map((path) => [path, clip]));
}
const noise = { '_background_noise_/long.wav': constantWav(1000, 40_000), '_background_noise_/short.wav': clip };

describe('a task', () => {
  test('has a name or a list of words', () => {
    assert.deepEqual(resolveTask('gsc-12').labels, [
      '_silence_',
      '_unknown_',
      'yes',
      'no',
      'up',
      'down',
      'left',
      'right',
      'on',
      'off',
      'stop',
      'go',
    ]);
    assert.equal(resolveTask('gsc-17').labels.length, 17);
    assert.equal(new Set(resolveTask('gsc-35').labels).size, 35);
    assert.deepEqual(resolveTask('ja, nein,_silence_'), {
      name: 'ja,nein,_silence_',
      labels: ['ja', 'nein', '_silence_'],
    });
  });

  test('is refused as an error of the command line if it has neither', () => {
    for (const text of [
      '',
      'gsc-99',
      'yes',
      'yes,',
      'yes,yes',
      'yes,../no',
      '_silence_,_unknown_',
      'yes,_other_',
      'toString',
    ]) {
      assert.throws(() => resolveTask(text), UsageError, text);
    }
  });
});

describe('the examples of a task', () => {
  const dataset = openDataset(corpus({ ...recordings(['yes', 'no', 'one', 'two']), ...noise }));
  const task = resolveTask('no,_unknown_,yes,_silence_');

  test('are all clips of its words in the split, with the index of the label', () => {
    const words = taskExamples(dataset, task, 'testing', 1).filter(
      ({ clip }) => clip?.word === 'no' || clip?.word === 'yes',
    );
    assert.equal(words.length, 24);
    for (const { label, name, clip } of words) {
      assert.equal(task.labels[label], clip!.word);
      assert.equal(name, clip!.path);
      assert.equal(clip!.split, 'testing');
    }
  });

  test('have a tenth of unknown words and a tenth of silence in every split, rounded up', () => {
    const labels = summarizeTask(dataset, task).labels;
    const tenth = Math.ceil(24 / 10);
    assert.deepEqual(
      labels.map(({ examples }) => examples.training),
      [12, tenth, 12, tenth],
    );
    for (const { examples } of labels)
      assert.ok(examples.training === examples.validation && examples.training === examples.testing);
  });

  test('draw unknown words from the same split and only from words outside the task', () => {
    for (const split of SPLITS) {
      for (const { label, clip } of taskExamples(dataset, task, split, 3)) {
        if (label !== 1) continue;
        assert.ok(['one', 'two'].includes(clip!.word));
        assert.equal(clip!.split, split);
      }
    }
  });

  test('draw silence as seconds of background noise at a volume of 0 to 1', () => {
    const silence = [1, 2, 3, 4, 5, 6]
      .flatMap((seed) => taskExamples(dataset, task, 'training', seed))
      .filter(({ label }) => label === 3);
    for (const { clip, noise, name } of silence) {
      assert.equal(clip, null);
      assert.ok(noise!.gain >= 0 && noise!.gain < 1);
      assert.ok(noise!.offset >= 0 && noise!.offset <= (noise!.file.includes('long') ? 24_000 : 0));
      assert.match(name, /^silence\/(long|short)\.wav@\d+$/);
    }
    assert.ok(new Set(silence.map(({ noise }) => noise!.file)).size === 2);
  });

  test('depend only on the seed', () => {
    const names = (seed: number): string[] => taskExamples(dataset, task, 'training', seed).map(({ name }) => name);
    assert.deepEqual(names(1), names(1));
    assert.notDeepEqual(names(1), names(2));
  });

  test('take the clips of an own folder _unknown_ as unknown words, and those of _silence_ as silence', () => {
    const own = corpus({ ...recordings(['yes', 'no', '_unknown_']), '_silence_/a.wav': clip });
    const labelled = (task: string): string[] =>
      taskExamples(openDataset(own), resolveTask(task), 'training', 1).map(
        ({ label, name }) => `${label} ${name.split('/')[0]}`,
      );
    assert.deepEqual(new Set(labelled('yes,no,_unknown_')), new Set(['0 yes', '1 no', '2 _unknown_']));
    assert.ok(labelled('yes,no,_unknown_').filter((text) => text === '2 _unknown_').length > 0);
    assert.ok(labelled('yes,_silence_').includes('1 _silence_'));
  });

  test('use all unknown words if there are too few', () => {
    const small = corpus({
      ...recordings(['yes', 'no']),
      ...noise,
      [`two/${SPEAKERS.training[0]}_nohash_0.wav`]: clip,
    });
    const unknown = taskExamples(openDataset(small), task, 'training', 1).filter(({ label }) => label === 1);
    assert.equal(unknown.length, 1);
  });

  test('are refused with the missing words and the existing words', () => {
    const few = openDataset(corpus(recordings(['yes', 'no', 'one'])));
    assert.throws(
      () => taskExamples(few, resolveTask('yes,maybe,no,never'), 'training', 1),
      (error) =>
        error instanceof DatasetError &&
        /needs clips of maybe never, but the folder has only no one yes$/.test(error.message),
    );
  });

  test('are refused with the --task for the words of the dataset, quoted if the shell would split it', () => {
    const hint = (words: readonly string[]): string => {
      const dataset = openDataset(corpus(recordings(words)));
      let message = '';
      try {
        taskOn(dataset, 'gsc-12');
      } catch (error) {
        assert.ok(error instanceof DatasetError);
        message = error.message;
      }
      return /, but the folder has only (.*)$/.exec(message)?.[1] ?? '';
    };
    assert.equal(
      hint(['hey', 'bär', 'c3_po']),
      'bär c3_po hey; to use the words in the folder, give --task bär,c3_po,hey',
    );
    assert.equal(
      hint(["don't", 'turn on']),
      "don't turn on; to use the words in the folder, give --task 'don'\\''t,turn on'",
    );
    assert.equal(hint(['hey']), 'hey');
    const dataset = openDataset(corpus(recordings(['hey', 'bär'])));
    assert.deepEqual(taskOn(dataset, 'bär,hey').labels, ['bär', 'hey']);
  });

  test('are refused with the reason if unknown words, silence or a split have no clips', () => {
    const few = openDataset(corpus(recordings(['yes', 'no'])));
    assert.throws(
      () => taskExamples(few, resolveTask('yes,no,_unknown_'), 'training', 1),
      /_unknown_ needs words outside/,
    );
    assert.throws(
      () => taskExamples(few, resolveTask('yes,no,_silence_'), 'training', 1),
      /_silence_ needs recordings of noise in/,
    );
    const one = openDataset(corpus({ 'yes/me.wav': clip, 'no/me.wav': clip }));
    const empty = SPLITS.find((split) => split !== one.clips[0].split)!;
    assert.throws(() => taskExamples(one, resolveTask('yes,no'), empty, 1), {
      message: new RegExp(
        `no clip of the task yes,no in the ${empty} split: the hash .*; record some clips with .* --split ${empty}`,
      ),
    });
    const lists = { 'validation_list.txt': '', 'testing_list.txt': '' };
    const listed = openDataset(corpus({ 'yes/me.wav': clip, 'no/me.wav': clip, ...lists }));
    assert.throws(
      () => taskExamples(listed, resolveTask('yes,no'), 'validation', 1),
      /its list files decide the split; .spikeword dataset split --force. rewrites them from the hash of each speaker$/,
    );
  });
});

describe('the tasks on the real recordings', { skip: WITHOUT_REAL_CORPUS }, () => {
  test('have every label of gsc-12 and gsc-35 in training', () => {
    const dataset = openDataset(REAL_CORPUS!);
    for (const name of ['gsc-12', 'gsc-35']) {
      for (const { label, examples } of summarizeTask(dataset, resolveTask(name)).labels)
        assert.ok(examples.training > 0, label);
    }
  });

  test('have all clips of the words of gsc-17', () => {
    const dataset = openDataset(REAL_CORPUS!);
    const task = resolveTask('gsc-17');
    const clips = dataset.clips.filter(({ word }) => task.labels.includes(word));
    const { examples } = summarizeTask(dataset, task);
    assert.equal(examples.training + examples.validation + examples.testing, clips.length);
  });
});

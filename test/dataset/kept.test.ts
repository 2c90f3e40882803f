import assert from 'node:assert/strict';
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { readRecording } from '../../host/audio/index.js';
import type { KeptSound } from '../../host/core/dataset/index.js';
import { RecordingError } from '../../host/core/error.js';
import {
  type Decision,
  mistakeExamples,
  mistakesDigest,
  openMistakes,
  packSamples,
  resolveTask,
  reviewSounds,
  SoundJournal,
} from '../../host/dataset/index.js';
import { spaceFault } from '../../host/dataset/kept/journal.js';
import { DatasetError, WriteError } from '../../host/system/index.js';
import { temporaryFolder } from './corpus.js';

process.env.SPIKEWORD_CACHE = join(temporaryFolder(), 'cache');

const MODEL = { name: 'model.spkw', sha256: 'ab'.repeat(32), words: ['yes', 'no'] };
const second = (value: number): Int16Array => new Int16Array(16_000).fill(value);
const soundOf = (word: string, timeMs = 0): Omit<KeptSound, 'file' | 'review'> => {
  return { kind: 'detection', word, score: 0.9, threshold: 0.8, timeMs, source: 'test', model: MODEL };
};
const journalFile = (folder: string): string => join(folder, 'kept.jsonl');
const linesOf = (folder: string): string[] => readFileSync(journalFile(folder), 'utf8').trimEnd().split('\n');

/** Returns a folder with sounds of these words, whose samples are 1, 2, and so on. */
async function folderWith(...words: readonly string[]): Promise<string> {
  const folder = join(temporaryFolder(), 'kept');
  const journal = await SoundJournal.create(folder);
  for (const [k, word] of words.entries()) journal.add(soundOf(word, k), second(k + 1));
  journal.close();
  return folder;
}

/** Reviews a folder with these decisions, and returns the sounds that were shown. */
async function review(folder: string, decisions: readonly Decision[], options = {}) {
  const journal = await SoundJournal.open(folder);
  const shown: { file: string; first: number | string }[] = [];
  const played: string[] = [];
  let next = 0;
  try {
    const result = await reviewSounds(
      journal,
      {
        show: ({ file }, _, samples) =>
          shown.push({ file, first: samples instanceof RecordingError ? samples.message : samples[0] }),
        play: (path) => played.push(path),
        decide: async () => decisions[next++] ?? { kind: 'quit' },
      },
      options,
    );
    return { result, shown, played };
  } finally {
    journal.close();
  }
}

describe('a folder of kept sounds', () => {
  test('has a recording and a line for each, numbered on when more are kept', async () => {
    const folder = await folderWith('yes', 'no');
    const journal = await SoundJournal.create(folder);
    journal.add(soundOf('up/../down', 1500), second(9));
    journal.close();
    const files = ['0001-yes.wav', '0002-no.wav', '0003-up_down.wav'];
    assert.deepEqual(readdirSync(folder).sort(), [...files, 'kept.jsonl']);
    assert.deepEqual(
      linesOf(folder).map((line) => JSON.parse(line)),
      [
        { file: files[0], ...soundOf('yes', 0) },
        { file: files[1], ...soundOf('no', 1) },
        { file: files[2], ...soundOf('up/../down', 1500) },
      ],
    );
    assert.deepEqual(await readRecording(join(folder, files[2])), second(9));
  });

  test('never writes over a recording that has no line', async () => {
    const folder = await folderWith('yes');
    writeFileSync(journalFile(folder), '');
    const journal = await SoundJournal.create(folder);
    journal.add(soundOf('no'), second(2));
    journal.close();
    assert.deepEqual(readdirSync(folder).sort(), ['0001-yes.wav', '0002-no.wav', 'kept.jsonl']);
  });

  test('is used by one process at a time', async () => {
    const folder = await folderWith('yes');
    const journal = await SoundJournal.open(folder);
    await assert.rejects(SoundJournal.create(folder), (error) => {
      return error instanceof DatasetError && /process \d+ keeps sounds in it or reviews them/.test(error.message);
    });
    journal.close();
    (await SoundJournal.create(folder)).close();
  });

  test('is refused before anything is kept if nothing can be written there', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    for (const folder of [file, join(file, 'below')]) {
      await assert.rejects(SoundJournal.create(folder), (error) => {
        return error instanceof WriteError && error.message.startsWith(`${folder}: no sounds can be kept there: `);
      });
    }
    const folder = temporaryFolder();
    mkdirSync(journalFile(folder));
    await assert.rejects(SoundJournal.create(folder), /kept\.jsonl: cannot be read: EISDIR/);
    assert.deepEqual(readdirSync(folder), ['kept.jsonl'], 'the lock is gone');
  });

  test('needs 32 MiB of free space', () => {
    assert.equal(spaceFault(32 * 2 ** 20), null);
    assert.match(spaceFault(5.2 * 2 ** 20) ?? '', /^only 5 MiB are free, expected at least 32 MiB; /);
  });

  test('leaves damaged lines as they are, and says what is wrong with each', async () => {
    const folder = await folderWith('yes', 'no');
    const [yes, no] = linesOf(folder);
    const damaged = [
      ['{"file":"0001-y', 'is not JSON'],
      ['[]', 'is not an object'],
      [yes.replace('"detection"', '"guess"'), 'kind is "guess", expected detection or near-miss'],
      [yes.replace('0001-yes.wav', '../0001-yes.wav'), 'file is "../0001-yes.wav", expected the name of a .wav file'],
      [yes.replace('0.9', '9'), 'score is 9, expected a number from 0 to 1'],
      [yes.replace('"words":["yes","no"]', '"words":"yes"'), 'model is {'],
      [yes.replace('}}', '},"review":{"verdict":"right","said":null}}'), 'review is {'],
      [yes.replace('"word":"yes",', ''), 'word is missing, expected a word'],
      [yes, 'names 0001-yes.wav, as a line before it does'],
    ] as const;
    writeFileSync(journalFile(folder), `${[yes, ...damaged.map(([line]) => line), no].join('\r\n')}`);
    const journal = await SoundJournal.open(folder);
    assert.deepEqual(
      journal.sounds.map(({ file }) => file),
      ['0001-yes.wav', '0002-no.wav'],
    );
    assert.deepEqual(
      journal.damaged.map(({ line }) => line),
      damaged.map((_, k) => k + 2),
    );
    journal.damaged.forEach(({ fault }, k) => {
      assert.ok(fault.startsWith(damaged[k][1]), fault);
    });
    journal.review('0002-no.wav', { verdict: 'right', said: 'no' });
    journal.close();
    const after = linesOf(folder);
    assert.deepEqual(after.slice(0, -1), [yes, ...damaged.map(([line]) => line)]);
    assert.deepEqual(JSON.parse(after[after.length - 1]).review, { verdict: 'right', said: 'no' });
  });

  test('keeps fields that it does not know', async () => {
    const folder = await folderWith('yes');
    writeFileSync(journalFile(folder), `${linesOf(folder)[0].replace('{', '{"room":"kitchen",')}\n`);
    await review(folder, [{ kind: 'not a word' }]);
    assert.equal(JSON.parse(linesOf(folder)[0]).room, 'kitchen');
  });
});

describe('a review', () => {
  const decisions = [
    { kind: 'right' },
    { kind: 'wrong word', said: 'no' },
    { kind: 'not a word' },
    { kind: 'delete' },
    { kind: 'skip' },
  ] as const;

  test('writes what is said about each sound, and counts it', async () => {
    const folder = await folderWith('yes', 'yes', 'no', 'no', 'yes');
    const { result, shown, played } = await review(folder, decisions);
    assert.deepEqual(
      shown.map(({ first }) => first),
      [1, 2, 3, 4, 5],
    );
    assert.equal(played[4], join(folder, '0005-yes.wav'));
    assert.deepEqual(result, {
      folder,
      verdicts: { right: 1, 'wrong word': 1, 'not a word': 1 },
      ...{ unreviewed: 1, deleted: 1, gone: 0 },
    });
    assert.deepEqual(
      linesOf(folder).map((line) => JSON.parse(line).review),
      [
        { verdict: 'right', said: 'yes' },
        { verdict: 'wrong word', said: 'no' },
        { verdict: 'not a word', said: null },
        undefined,
      ],
    );
    assert.ok(!existsSync(join(folder, '0004-no.wav')));
  });

  test('goes on where it stopped, and asks about all sounds again if that is wanted', async () => {
    const folder = await folderWith('yes', 'no', 'yes');
    await review(folder, [{ kind: 'right' }]);
    const files = async (options = {}) => (await review(folder, [], options)).shown.map(({ file }) => file);
    assert.deepEqual(await files(), ['0002-no.wav']);
    assert.deepEqual(await files({ all: true }), ['0001-yes.wav']);
    const skips = new Array<Decision>(3).fill({ kind: 'skip' });
    assert.equal((await review(folder, skips, { all: true })).shown.length, 3);
    assert.equal((await review(folder, skips)).shown.length, 2);
  });

  test('has written every answer before the next question', async () => {
    const folder = await folderWith('yes', 'no');
    const journal = await SoundJournal.open(folder);
    const seen: unknown[] = [];
    await reviewSounds(journal, {
      show: () => {},
      play: () => {},
      decide: async () => {
        seen.push(linesOf(folder).map((line) => JSON.parse(line).review?.said));
        return { kind: 'right' };
      },
    });
    journal.close();
    assert.deepEqual(seen, [
      [undefined, undefined],
      ['yes', undefined],
    ]);
  });

  test('leaves out recordings that are gone, and shows why another cannot be read', async () => {
    const folder = await folderWith('yes', 'no', 'yes');
    rmSync(join(folder, '0001-yes.wav'));
    writeFileSync(join(folder, '0002-no.wav'), 'nothing');
    const { result, shown } = await review(folder, [{ kind: 'delete' }]);
    assert.match(`${shown[0].first}`, /0002-no\.wav: 7 bytes, too short for a WAV file/);
    assert.deepEqual([result.gone, result.deleted, result.unreviewed], [1, 1, 1]);
  });

  test('is refused for a folder in which nothing was kept', async () => {
    const folder = temporaryFolder();
    await assert.rejects(SoundJournal.open(folder), /has no kept\.jsonl; `spikeword listen --keep .*` keeps sounds/);
  });
});

describe('mistakes to train with', () => {
  const task = resolveTask('live:yes,no');

  /** Five sounds: yes that is right, yes that is no, two false accepts, and one without a verdict. */
  async function reviewed(): Promise<string> {
    const folder = await folderWith('yes', 'yes', 'no', 'yes', 'no');
    const wrong = { kind: 'wrong word', said: 'no' } as const;
    await review(folder, [{ kind: 'right' }, wrong, { kind: 'not a word' }, { kind: 'not a word' }, { kind: 'skip' }]);
    return folder;
  }

  test('are the reviewed sounds: words of their word, false accepts of _unknown_', async () => {
    const mistakes = openMistakes(await reviewed(), task);
    assert.deepEqual(mistakes.words, [
      { file: '0001-yes.wav', word: 'yes', label: 0 },
      { file: '0002-yes.wav', word: 'no', label: 1 },
    ]);
    assert.deepEqual(
      mistakes.falseAccepts.map(({ file, label }) => [file, label]),
      [
        ['0003-no.wav', 2],
        ['0004-yes.wav', 2],
      ],
    );
    assert.deepEqual([mistakes.unreviewed, mistakes.gone], [1, 0]);
  });

  for (const [weight, each] of [
    [0.25, 13],
    [0.02, 1],
    [0.001, 1],
    [2, 20],
  ] as const) {
    test(`with a weight of ${weight} are used ${each} times for 100 clips of words`, async () => {
      const examples = mistakeExamples([openMistakes(await reviewed(), task)], 100, weight);
      const files = examples.map(({ kept }) => kept?.slice(-12));
      for (const file of new Set(files)) assert.equal(files.filter((other) => other === file).length, each, file);
      assert.equal(new Set(files).size, 4);
    });
  }

  test('are packed as they were kept, and again when a recording has changed', async () => {
    const folder = await reviewed();
    const none = { root: folder, clips: [], silence: [], backgroundNoise: [], strays: [], unmatched: [] };
    const dataset = { ...none, splitBy: 'speaker hash' } as const;
    const read = async (): Promise<number[]> => {
      const pack = await packSamples(dataset, mistakeExamples([openMistakes(folder, task)], 1, 0.001));
      const samples = new Int16Array(16_000);
      const firsts = Array.from({ length: pack.count }, (_, k) => {
        pack.read(k, samples);
        return samples[0];
      });
      assert.deepEqual([...pack.labels], [0, 1, 2, 2]);
      assert.deepEqual(pack.names, [
        'yes/0001-yes.wav',
        'no/0002-yes.wav',
        '_unknown_/0003-no.wav',
        '_unknown_/0004-yes.wav',
      ]);
      pack.close();
      return firsts;
    };
    assert.deepEqual(await read(), [1, 2, 3, 4]);
    writeFileSync(join(folder, '0003-no.wav'), readFileSync(join(folder, '0001-yes.wav')));
    assert.deepEqual(await read(), [1, 2, 1, 4]);
  });

  test('have a digest that depends on what was said and on every sample', async () => {
    const folder = await reviewed();
    const digest = (): string => mistakesDigest(openMistakes(folder, task));
    const first = digest();
    await review(folder, [{ kind: 'skip' }, { kind: 'right' }], { all: true });
    const second = digest();
    writeFileSync(join(folder, '0003-no.wav'), readFileSync(join(folder, '0001-yes.wav')));
    assert.equal(new Set([first, second, digest()]).size, 3);
  });

  test('are refused where nothing is reviewed, or the recordings are gone', async () => {
    const folder = await folderWith('yes');
    assert.throws(() => openMistakes(folder, task), /no sound is reviewed yet; `spikeword review .*` says what each/);
    await review(folder, [{ kind: 'right' }]);
    rmSync(join(folder, '0001-yes.wav'));
    assert.throws(() => openMistakes(folder, task), /the recordings of all reviewed sounds are gone/);
    assert.throws(() => openMistakes(temporaryFolder(), task), /has no kept\.jsonl/);
  });

  test('are refused for a task that does not have their words, or no place for false accepts', async () => {
    const folder = await reviewed();
    const isRefused = (name: string, message: RegExp): void =>
      assert.throws(
        () => openMistakes(folder, resolveTask(name)),
        (error) => error instanceof DatasetError && message.test(error.message),
      );
    isRefused('live:lamp,no', /was kept by a model with words that the task live:lamp,no does not have: yes; /);
    isRefused('yes,no', /0003-no\.wav is not a word, but the task yes,no has no _unknown_/);
  });

  test('leave out damaged lines and recordings that are gone, and say so', async () => {
    const folder = await reviewed();
    rmSync(join(folder, '0004-yes.wav'));
    appendFileSync(journalFile(folder), 'half a li');
    const { falseAccepts, gone, damaged } = openMistakes(folder, task);
    assert.deepEqual([falseAccepts.length, gone, damaged.length], [1, 1, 1]);
  });
});

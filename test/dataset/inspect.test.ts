import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { SPLITS } from '../../host/core/dataset/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { inspectDataset, openDataset, type Problem, problemsOf, resolveTask } from '../../host/dataset/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { TONES } from '../audio/tones.js';
import { data, fmt, integers, riff } from '../audio/wav-bytes.js';
import { spikeword, unwrapped } from '../cli/spikeword.js';
import { corpus, SPEAKERS, temporaryFolder } from './corpus.js';

process.env.SPIKEWORD_CACHE = temporaryFolder();

/** A word of 0.3 s in the middle of a recording, different for every seed. */
function word(seed: number, samples = 16_000): Int16Array {
  const middle = samples / 2;
  return Int16Array.from({ length: samples }, (_, k) =>
    Math.abs(k - middle) < 2400 ? Math.round(8000 * Math.sin((k * (200 + seed)) / 3000)) : (k * 7 + seed) % 3,
  );
}

let seed = 0;
const clip = (): Uint8Array => encodeWav(word(++seed));

/** Three words by a speaker of each split. */
function good(): Record<string, Uint8Array> {
  const speakers = [SPEAKERS.training[0], SPEAKERS.validation[0], SPEAKERS.testing[0]];
  const paths = ['yes', 'no', 'up'].flatMap((name) => speakers.map((who) => `${name}/${who}_nohash_0.wav`));
  return Object.fromEntries(paths.map((path) => [path, clip()]));
}

async function problemsIn(
  files: Record<string, string | Uint8Array>,
  { task = null as string | null, resample = false } = {},
): Promise<Problem[]> {
  const dataset = openDataset(corpus(files));
  const options = { task: task === null ? null : resolveTask(task), resample };
  // so few clips have few voices, which one test is about
  return problemsOf(dataset, await inspectDataset(dataset), options).filter(({ kind }) => kind !== 'few voices');
}

const who = SPEAKERS.training[1];
const yes = `yes/${who}_nohash_1.wav`;
const no = `no/${who}_nohash_1.wav`;

describe('a dataset is told', () => {
  test('nothing if there is nothing to tell', async () => {
    assert.deepEqual(await problemsIn(good()), []);
  });

  test('which splits have few clips or speakers', async () => {
    const dataset = openDataset(corpus(good()));
    const problems = problemsOf(dataset, await inspectDataset(dataset), { task: null, resample: false });
    assert.deepEqual(
      problems.map(({ kind, files }) => [kind, files]),
      [['few voices', ['validation: 3 clips by 1 speaker', 'testing: 3 clips by 1 speaker']]],
    );
  });

  test('which recordings are unreadable, all at once, with the reasons', async () => {
    const bad = { [yes]: 'not a recording', [no]: encodeWav(new Int16Array(0)), 'up/x_nohash_0.mp3': 'ID3 nothing' };
    const [{ kind, wrong, text, files }, ...others] = await problemsIn({ ...good(), ...bad });
    assert.deepEqual([kind, wrong, text, others], ['unreadable', true, '3 recordings are unreadable', []]);
    assert.match(
      files.join('\n'),
      /^no\/.*: no samples.*\nup\/x_nohash_0\.mp3: .*\nyes\/.*: begins with 'not ', expected/,
    );
  });

  test('which clips are silent', async () => {
    const [{ kind, wrong, files }] = await problemsIn({ ...good(), [yes]: encodeWav(new Int16Array(16_000)) });
    assert.deepEqual([kind, wrong, files], ['silent', true, [yes]]);
  });

  test('but may be silent in its folder of silence', async () => {
    assert.deepEqual(
      await problemsIn({ ...good(), '_silence_/a_nohash_0.wav': encodeWav(new Int16Array(16_000)) }),
      [],
    );
  });

  test('which recordings are the same: in two splits, under two words, and otherwise', async () => {
    const [same, other, third] = [clip(), clip(), clip()];
    const problems = await problemsIn({
      ...good(),
      [`yes/${SPEAKERS.training[2]}_nohash_0.wav`]: same,
      [`yes/${SPEAKERS.testing[2]}_nohash_0.wav`]: same,
      [yes]: other,
      [no]: other,
      [`up/${who}_nohash_0.wav`]: third,
      [`up/${who}_nohash_1.wav`]: third,
    });
    assert.deepEqual(
      problems.map(({ kind, wrong }) => [kind, wrong]),
      [
        ['equal in two splits', true],
        ['equal under two words', true],
        ['equal', false],
      ],
    );
    assert.equal(problems[2].files[0], `up/${who}_nohash_0.wav (training) = up/${who}_nohash_1.wav (training)`);
  });

  test('that equal sound in another format is the same', async () => {
    const sound = word(999);
    const stored = integers(
      [...sound].map((sample) => sample * 256),
      24,
    );
    const files = { [yes]: encodeWav(sound), [`yes/${who}_nohash_2.wav`]: riff([fmt({ bits: 24 }), data(stored)]) };
    assert.deepEqual(
      (await problemsIn({ ...good(), ...files })).map(({ kind }) => kind),
      ['equal'],
    );
    const flac = readFileSync(packagePath('test/audio/recordings/tones.flac'));
    const [{ kind, files: equal }] = await problemsIn({
      ...good(),
      [no]: encodeWav(TONES),
      [`up/${who}_nohash_5.flac`]: flac,
    });
    assert.deepEqual([kind, equal.length], ['equal under two words', 1]);
    assert.match(equal[0], /_5\.flac/);
  });

  test('which clips are longer than a second, and where they are cut', async () => {
    const [{ kind, wrong, files }] = await problemsIn({ ...good(), [yes]: encodeWav(word(5, 48_000)) });
    assert.deepEqual([kind, wrong, files], ['long', false, [`${yes}: 3.0 s, cut from 1.0 s`]]);
  });

  test('which recordings are clipped or at another sample rate', async () => {
    const loud = word(7).map((sample) => Math.max(-32768, Math.min(32767, 30 * sample)));
    const fast = riff([fmt({ rate: 44_100 }), data(integers([...word(8)], 16))]);
    const problems = await problemsIn({ ...good(), [yes]: encodeWav(loud), [no]: fast });
    assert.deepEqual(
      problems.map(({ kind }) => kind),
      ['sample rate', 'clipped'],
    );
    assert.equal(problems[0].files[0], `${no}: 44,100 Hz`);
    assert.match(problems[0].text, /; give train and evaluate --resample$/);
    const converted = await problemsIn({ ...good(), [no]: fast }, { resample: true });
    assert.match(converted[0].text, /and will be converted$/);
  });

  test('which words have no clip in a split', async () => {
    const files = good();
    delete files[`up/${SPEAKERS.validation[0]}_nohash_0.wav`];
    const [{ kind, files: words }] = await problemsIn(files);
    assert.deepEqual([kind, words], ['word without clips', ['up: validation']]);
    assert.deepEqual(await problemsIn(files, { task: 'yes,no' }), []);
  });

  test('that nothing is known of speakers that no name gives', async () => {
    const [{ kind, wrong, files }] = await problemsIn({ ...good(), 'yes/yes_spk02_0.wav': clip() });
    assert.deepEqual([kind, wrong, files], ['unknown speaker', false, ['yes/yes_spk02_0.wav']]);
  });

  test('which speakers are in two splits', async () => {
    const lists = { 'validation_list.txt': `${yes}\n`, 'testing_list.txt': '' };
    const problems = await problemsIn({ ...good(), [yes]: clip(), [no]: clip(), ...lists }, { task: 'yes,no' });
    assert.deepEqual(
      [problems[0].kind, problems[0].files],
      ['speaker in two splits', [`${who}: training, validation`]],
    );
  });

  test('which lines of lists name nothing, and which files are left out', async () => {
    const lists = { 'validation_list.txt': `${yes}\nyes/nobody.wav\n`, 'testing_list.txt': `${no}\n` };
    const files = { ...good(), [yes]: clip(), [no]: clip(), 'up/notes.txt': 'hello', ...lists };
    const problems = await problemsIn(files, { task: 'yes,no' });
    const told = Object.fromEntries(problems.map(({ kind, files: named }) => [kind, named[0]]));
    assert.equal(told['list line'], 'validation_list.txt: yes/nobody.wav');
    assert.match(told['left out'], /^up\/notes\.txt: is not a recording/);
  });
});

describe('an inspection', () => {
  test('reads a recording again only when it has changed', async () => {
    const root = corpus(good());
    const path = join(root, `yes/${SPEAKERS.training[0]}_nohash_0.wav`);
    const before = await inspectDataset(openDataset(root));
    const cache = join(process.env.SPIKEWORD_CACHE ?? '', 'inspections');
    assert.ok(readdirSync(cache).length > 0);
    writeFileSync(path, encodeWav(new Int16Array(16_000)));
    utimesSync(path, 1, 1);
    const after = await inspectDataset(openDataset(root));
    const changed = [...after].filter(([name, facts]) => facts.sound !== before.get(name)?.sound);
    assert.deepEqual(
      changed.map(([name, { silent }]) => [join(root, name), silent]),
      [[path, true]],
    );
  });

  test('survives a damaged cache', async () => {
    const root = corpus(good());
    const cache = join(process.env.SPIKEWORD_CACHE ?? '', 'inspections');
    rmSync(cache, { recursive: true, force: true });
    const before = await inspectDataset(openDataset(root));
    for (const file of readdirSync(cache))
      writeFileSync(join(cache, file), readFileSync(join(cache, file)).subarray(9));
    assert.deepEqual(await inspectDataset(openDataset(root)), before);
    assert.ok(existsSync(cache));
  });
});

describe('dataset info', () => {
  test('counts the clips of a word that is all FLAC as those of any other', () => {
    const flac = readFileSync(packagePath('test/audio/recordings/tones.flac'));
    const files = good();
    for (const path of Object.keys(files).filter((name) => name.startsWith('up/'))) delete files[path];
    for (const split of SPLITS) files[`up/${SPEAKERS[split][0]}_nohash_0.flac`] = flac;
    const { stdout } = spikeword('dataset', 'info', corpus(files), '--task', 'up,no', '--json');
    const { task, problems } = JSON.parse(stdout);
    assert.deepEqual(task.labels[0], { label: 'up', examples: { training: 1, validation: 1, testing: 1 } });
    // the same recording three times
    assert.equal((problems as Problem[])[0].kind, 'equal in two splits');
  });

  test('says what is wrong and exits with 1, and says what else to know and exits with 0', async () => {
    const wrong = corpus({ ...good(), [yes]: 'nothing', [no]: 'nothing either' });
    const bad = spikeword('dataset', 'info', wrong);
    assert.equal(bad.code, 1);
    assert.match(
      bad.stdout,
      /\nwrong:\n {2}2 recordings are unreadable\n {4}no\/.*: begins with 'noth', expected 'RIFF'/,
    );
    const fine = spikeword('dataset', 'info', corpus({ ...good(), 'yes/readme.txt': '' }));
    assert.equal(fine.code, 0);
    assert.match(fine.stdout, /\nto know:\n[\s\S]* {2}1 file is left out\n {4}yes\/readme\.txt: is not a recording/);
    const json = spikeword('dataset', 'info', wrong, '--json');
    assert.equal(JSON.parse(json.stdout).problems[0].files.length, 2);
  });

  test('finds speakers by a pattern', async () => {
    const root = corpus({ ...good(), 'yes/yes_spk02_0.wav': clip(), 'no/no_spk02_1.wav': clip() });
    const unknown = spikeword('dataset', 'info', root);
    assert.match(unknown.stdout, /is not known: 2 of 11 clips do not say\s+who\s+speaks/);
    const known = spikeword('dataset', 'info', root, '--speaker-pattern', '_(spk[0-9]+)_');
    assert.match(known.stdout, /no speaker is in two splits \(4 speakers checked\)/);
  });
});

test('train says what is wrong or doubtful, with an example of each, and begins', () => {
  const files = good();
  delete files[`yes/${SPEAKERS.validation[0]}_nohash_0.wav`];
  const root = corpus({ ...files, [no]: encodeWav(new Int16Array(16_000)), 'yes/yes_spk02_0.wav': clip() });
  const options = ['--preset', 'tiny', '--epochs', '1', '--threads', '1'];
  const { code, stderr } = spikeword(
    'train',
    '--data',
    root,
    '--task',
    'yes,no',
    ...options,
    '--out',
    join(root, 'run'),
  );
  assert.equal(code, 0, stderr);
  const said = unwrapped(stderr);
  assert.match(said, new RegExp(`warning: 1 clip is silent: [^;]*; [^;]*; for example ${no} `));
  assert.match(said, /note: 1 word is missing in a split, .*record more speakers \(yes: validation\) /);
  assert.match(said, /note: 1 clip is by unknown speakers, .*; for example yes\/yes_spk02_0\.wav /);
  assert.match(stderr, /^epoch 1\/1 /m);
});

test('train names every bad recording before it begins, and makes no run folder', async () => {
  const root = corpus({ ...good(), [yes]: 'nothing', [no]: 'nothing either' });
  const out = join(root, 'run');
  const { code, stderr } = spikeword('train', '--data', root, '--task', 'yes,no', '--out', out);
  assert.equal(code, 1);
  assert.match(stderr, /2 recordings are unreadable\n {2}no\/.*\n {2}yes\//);
  assert.ok(!existsSync(out));
});

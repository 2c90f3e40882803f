import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { packagePath, packageVersion } from '../../host/system/package-files.js';
import { spikeword, unwrapped } from './spikeword.js';

const sample = packagePath('datasets/sample');
const folder = mkdtempSync(join(tmpdir(), 'spikeword-cli-'));
after(() => rmSync(folder, { recursive: true }));

/** What `--help` lists below a heading, each with the text that explains it. */
function listed(help: string, heading: 'Options' | 'Commands'): { name: string; text: string }[] {
  const body = new RegExp(`^${heading}:\\n([\\s\\S]*?)(?:\\n\\n|$(?![\\s\\S]))`, 'm').exec(help)?.[1] ?? '';
  const entries: { name: string; text: string }[] = [];
  for (const line of body.split('\n')) {
    const [, name, text] = /^ {2}(\S.*?)(?: {2,}(.*))?$/.exec(line) ?? [];
    if (name !== undefined) entries.push({ name, text: text ?? '' });
    else if (entries.length > 0) entries[entries.length - 1].text += ` ${line.trim()}`;
  }
  return entries;
}

/** Every command with its help, subcommands included. */
function commands(path: readonly string[] = []): { path: readonly string[]; help: string }[] {
  const { stdout } = spikeword(...path, '--help');
  const below = listed(stdout, 'Commands')
    .map(({ name }) => name.split(' ')[0])
    .filter((name) => name !== 'help');
  return [{ path, help: stdout }, ...below.flatMap((name) => commands([...path, name]))];
}

const all = commands();

describe('the help', () => {
  test('lists the commands of the main job', () => {
    const names = all.map(({ path }) => path.join(' '));
    for (const name of [
      ...['dataset fetch', 'dataset info', 'dataset split', 'features', 'train', 'quantize', 'evaluate'],
      ...['info', 'demo'],
    ]) {
      assert.ok(names.includes(name), `${name} is missing`);
    }
  });

  for (const { path, help } of all) {
    test(`of ${['spikeword', ...path].join(' ')} explains every option, and the default of every option with a value`, () => {
      const options = listed(help, 'Options');
      for (const { name, text } of [...options, ...listed(help, 'Commands')]) {
        assert.ok(text.length > 0 || name.startsWith('help'), `${name} is not explained`);
      }
      for (const { name, text } of options.filter(({ name }) => name.includes('<'))) {
        assert.match(text, /default|required/, `${name} gives no default: ${text}`);
      }
    });

    test(`of ${['spikeword', ...path].join(' ')} fits a terminal of 80 columns`, () => {
      for (const line of help.split('\n')) assert.ok([...line].length <= 80, line);
    });
  }
});

describe('the exit code', () => {
  test('is 0 for --version, which prints the version of the package', () => {
    assert.deepEqual(spikeword('--version'), { code: 0, stdout: `${packageVersion()}\n`, stderr: '' });
  });

  test('is 2 for a command that does not exist', () => {
    const { code, stdout, stderr } = spikeword('dance');
    assert.deepEqual([code, stdout], [2, '']);
    assert.match(stderr, /unknown command 'dance'/);
  });

  for (const { path } of all) {
    test(`of ${['spikeword', ...path].join(' ')} is 2 for an option that does not exist`, () => {
      const { code, stdout, stderr } = spikeword(...path, '--no-such-option');
      assert.deepEqual([code, stdout], [2, ''], stderr);
      // Commander names a required option first.
      assert.match(stderr, /unknown option|required option/);
    });
  }

  for (const args of [
    ['evaluate'],
    ['evaluate', 'model.spkw'],
    ['evaluate', 'model.spkw', '--data', sample, '--split', 'none'],
    ['evaluate', 'model.spkw', '--data', sample, '--threads', '0'],
    ['evaluate', 'model.spkw', '--data', sample, '--threads', '1.5'],
    ['evaluate', 'model.spkw', '--data', sample, '--clips', 'yes/1.wav'],
    ['evaluate', 'model.spkw', '--data', sample, '--send', 'features'],
    ['info', 'model.spkw', '--port', '/dev/ttyS0'],
    ['flash', 'model.spkw', '--rollback'],
    ['bisect'],
    ['demo', '--seed', 'one'],
    ['demo', 'surplus'],
    ['train', '--data', sample],
    ['info'],
    ['quantize'],
    ['features', sample],
  ]) {
    test(`is 2 for: spikeword ${args.join(' ').replace(sample, 'FOLDER')}`, () => {
      const { code, stdout, stderr } = spikeword(...args);
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assert.notEqual(stderr, '');
    });
  }

  const missing = join(folder, 'nowhere');
  for (const [error, ...args] of [
    ['ModelError', 'evaluate', missing, '--data', sample],
    ['ModelError', 'info', missing],
    ['NetworkError', 'quantize', missing],
    ['DatasetError', 'dataset', 'info', missing],
    ['DatasetError', 'features', missing, '--out', join(folder, 'features')],
    ['DatasetError', 'train', '--data', missing, '--out', join(folder, 'run')],
  ]) {
    test(`is 1 if ${args[0]} cannot find its input, with a ${error} and no stack trace`, () => {
      const { code, stdout, stderr } = spikeword(...args);
      assert.deepEqual([code, stdout], [1, ''], stderr);
      assert.match(stderr, new RegExp(`^${error}: .*nowhere`));
      assert.doesNotMatch(stderr, /^ +at /m);
      assert.equal(stderr.trim().split('\n').length, 1);
    });
  }

  for (const args of [
    ['train', '--data', sample, '--task', 'gsc-17', '--out', join(folder, 'own')],
    ['train', '--data', sample, '--task', 'gsc-17', '--out', join(folder, 'own'), '--batch', '8'],
    ['features', sample, '--task', 'gsc-17', '--out', join(folder, 'own')],
    ['dataset', 'info', sample, '--task', 'gsc-17'],
  ]) {
    test(`is 1 if ${args.slice(0, 2).join(' ').replace(sample, 'FOLDER')} with ${args.length} arguments lacks words of the task, with the --task for the words it has`, () => {
      const { code, stderr } = spikeword(...args);
      assert.equal(code, 1);
      assert.match(
        stderr,
        / needs clips of zero one .*; to use the words in the folder, give --task down,go,left,no,right,stop,up,yes\n$/,
      );
    });
  }

  test('is 1 if a model is evaluated on none of its words, for which there is no --task', () => {
    const data = join(folder, 'others');
    cpSync(join(sample, 'yes'), join(data, 'lamp'), { recursive: true });
    const { code, stderr } = spikeword('evaluate', packagePath('models/gsc-17-small.spkw'), '--data', data);
    assert.equal(code, 1);
    assert.match(stderr, / needs clips of yes no .* only lamp; evaluation needs recordings of at least two of the /);
  });

  test('is 0 if a model is evaluated on some of its words, and the others are named', () => {
    const args = ['evaluate', packagePath('models/gsc-17-small.spkw'), '--data', sample];
    const { code, stdout } = spikeword(...args);
    assert.equal(code, 0);
    const others = 'zero one two three four five bed cat happy';
    assert.ok(unwrapped(stdout).includes(`no clips of ${others}: these figures say nothing about them`), stdout);
  });

  test('of a failure comes without a half-written file', () => {
    const files = readdirSync(folder, { recursive: true }).map(String);
    assert.deepEqual(
      files.filter((file) => file.includes('.part')),
      [],
    );
  });
});

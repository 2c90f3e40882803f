import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { nextText, openPage } from '../../host/cli/next-command.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { corpus, SPEAKERS, temporaryFolder } from '../dataset/corpus.js';
import { spikeword } from './spikeword.js';

const NOBODY = {};

/** A second of noise that is another for each name. */
function noise(name: string): Uint8Array {
  const random = new Random(1, ...Buffer.from(name));
  return encodeWav(Int16Array.from({ length: 16_000 }, () => Math.round(1000 * random.normal())));
}

describe('the next command', () => {
  test('comes after its lead, and others below it', () => {
    assert.equal(
      nextText([['quantize', 'runs/mine'], ['report', 'runs/mine'], openPage('a b.html')], NOBODY),
      "next: spikeword quantize runs/mine\n  or: spikeword report runs/mine\n  or: open 'a b.html' in a browser\n",
    );
  });

  test('is one that npx runs if npx or npm ran the last', () => {
    assert.equal(nextText([['listen']], { npm_command: 'exec' }), 'next: npx spikeword listen\n');
  });

  test('is what a shell reads as it was meant, in lines that fit', () => {
    const words = ['tune', "my run's/model.spkw", '--data', `/a/${'long/'.repeat(10)}path`, '--out', 'x $y.spkw'];
    const text = nextText([[...words, '--except', '*']], NOBODY);
    const lines = text.trimEnd().split('\n');
    assert.ok(lines.length > 1 && lines.slice(0, -1).every((line) => line.endsWith(' \\')), text);
    assert.ok(
      lines.every((line) => line.length <= 80),
      text,
    );
    const script = text.replace(/^next: spikeword/, `printf '%s\\n'`);
    const { stdout } = spawnSync('sh', ['-c', script], { encoding: 'utf8' });
    assert.deepEqual(stdout.trimEnd().split('\n'), [...words, '--except', '*']);
  });
});

describe('a command that has made something', () => {
  const sample = packagePath('datasets/sample');
  const model = packagePath('models/gsc-17-small.spkw');

  test('names the next one, with its paths, and not with --json', () => {
    const folder = join(temporaryFolder(), 'my words');
    mkdirSync(folder, { recursive: true });
    const page = join(folder, 'report.html');
    for (const [args, next] of [
      [['dataset', 'info', sample], `train --data ${sample} --out runs/NAME`],
      [['features', sample, '--out', join(folder, 'f')], `train --data ${sample} --task `],
      [
        ['quantize', packagePath('models/gsc-17-small.safetensors'), '--out', folder],
        `evaluate '${folder}/model.spkw'`,
      ],
      [['evaluate', model, '--data', sample, '--clips', '8'], `evaluate ${model}`],
    ] as const) {
      const { code, stdout, stderr } = spikeword(...args);
      assert.equal(code, 0, stderr);
      assert.ok(stdout.replace(/ \\\n +/g, ' ').includes(`\nnext: spikeword ${next}`), stdout);
      const silent = spikeword(...args, '--json');
      assert.doesNotMatch(silent.stdout + silent.stderr, /next: /);
    }
    const drawn = spikeword('evaluate', model, '--data', sample, '--clips', '8', '--report', page);
    assert.ok(drawn.stdout.endsWith(`\nnext: open '${page}' in a browser\n`), drawn.stdout);
  });

  test('names only trainings that are possible with the folder', () => {
    const { training, testing } = SPEAKERS;
    const clip = (word: string, speaker: string) => [`${word}/${speaker}_nohash_0.wav`, noise(word + speaker)] as const;
    const next = (clips: readonly (readonly [string, Uint8Array])[]): string => {
      const folder = corpus(Object.fromEntries(clips));
      const { stdout } = spikeword('dataset', 'info', folder);
      return (stdout.split('\nnext: ')[1] ?? '').replace(/ \\\n +/g, ' ').replaceAll(folder, 'FOLDER');
    };
    const wake = 'spikeword train --wake-word lamp --data FOLDER';
    // one word, and all of it in the testing split
    assert.equal(next([clip('lamp', testing[0])]), `${wake}\n`);
    assert.equal(
      next([clip('lamp', training[0]), clip('desk', training[0])]),
      `spikeword train --data FOLDER --out runs/NAME\n  or: spikeword train --wake-word desk,lamp --data FOLDER\n`,
    );
    assert.equal(next([clip('lamp', training[0]), ['lamp/broken_nohash_0.wav', new Uint8Array(9)]]), '');
  });
});

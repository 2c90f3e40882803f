import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { nextText, openPage } from '../../host/cli/next-command.js';
import { packagePath } from '../../host/system/package-files.js';
import { temporaryFolder } from '../dataset/corpus.js';
import { spikeword } from './spikeword.js';

const NOBODY = {};

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
});

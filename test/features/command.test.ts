import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { packagePath } from '../../host/system/package-files.js';
import { SAMPLE } from './signals.js';

describe('spikeword features', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-features-command-'));
  const out = join(folder, 'out.safetensors');
  after(() => rmSync(folder, { recursive: true }));

  const run = (...options: string[]) =>
    spawnSync(process.execPath, [packagePath('dist/host/cli/main.js'), 'features', SAMPLE, ...options], {
      encoding: 'utf8',
      env: { ...process.env, SPIKEWORD_CACHE: join(folder, 'cache') },
    });

  test('writes the features of a split and prints one JSON object', () => {
    const { status, stdout, stderr } = run('--task', 'yes,no', '--split', 'testing', '--out', out, '--json');
    assert.equal(status, 0, stderr);
    assert.equal(stderr, '', 'no progress bar without a terminal');
    const summary = JSON.parse(stdout);
    assert.equal(summary.bytes, statSync(out).size);
    assert.equal(summary.split, 'testing');
    const file = readFileSync(out);
    const header = JSON.parse(file.subarray(8, 8 + Number(file.readBigUInt64LE(0))).toString());
    assert.deepEqual(header.features.shape, [summary.clips, 49, 10]);
    assert.ok(summary.clips > 0);
  });

  test('gives the same bytes on one thread without a cache', () => {
    const again = join(folder, 'again.safetensors');
    run('--task', 'yes,no', '--split', 'testing', '--out', out);
    rmSync(join(folder, 'cache'), { recursive: true, force: true });
    run('--task', 'yes,no', '--split', 'testing', '--out', again, '--threads', '1');
    assert.deepEqual(readFileSync(again), readFileSync(out));
  });

  test('refuses a wrong command line with exit code 2 and writes nothing', () => {
    const unwritten = join(folder, 'unwritten');
    for (const options of [
      ['--split', 'all', '--out', unwritten],
      ['--frames', '50', '--out', unwritten],
      ['--task', 'yes', '--out', unwritten],
      ['--task', 'yes,no'],
    ]) {
      const { status, stdout, stderr } = run(...options);
      assert.equal(status, 2, options.join(' '));
      assert.equal(stdout, '');
      assert.match(stderr, /\S/);
    }
    assert.equal(existsSync(unwritten), false);
  });
});

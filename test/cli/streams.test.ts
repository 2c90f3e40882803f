import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { packagePath } from '../../host/system/package-files.js';
import { MAIN } from './spikeword.js';

const sample = packagePath('datasets/sample');
const folder = mkdtempSync(join(tmpdir(), 'spikeword-streams-'));
after(() => rmSync(folder, { recursive: true }));

/** Escape sequences for a terminal (ECMA-48 with DEC's private modes). */
const HIDE_CURSOR = '\x1b[?25l';
const SHOW_CURSOR = '\x1b[?25h';

describe('spikeword', () => {
  test('ends silently when the reader of its output has ended, such as head', async () => {
    const child = spawn(process.execPath, [MAIN, 'dataset', 'split', sample, '--print', 'training']);
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (text) => {
      stderr += text;
    });
    const [code] = await once(child, 'close');
    assert.deepEqual([code, stderr], [141, '']);
  });

  test('shows progress only on a terminal, and shows the cursor again when it is interrupted', async () => {
    const terminal = ['--import', 'data:text/javascript,process.stderr.isTTY = true'];
    const child = spawn(process.execPath, [...terminal, MAIN, 'demo', '--out', join(folder, 'demo')]);
    let screen = '';
    child.stderr.on('data', (text) => {
      screen += text;
      if (screen.includes(HIDE_CURSOR)) child.kill('SIGINT');
    });
    const [code] = await once(child, 'close');
    assert.equal(code, 130);
    assert.ok(screen.lastIndexOf(SHOW_CURSOR) > screen.lastIndexOf(HIDE_CURSOR), JSON.stringify(screen));
    assert.ok(!readdirSync(folder).some((name) => name.includes('demo')));
  });

  test('fails when there is no space for its output', {
    skip: existsSync('/dev/full') ? false : 'only Linux has /dev/full',
  }, () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'dataset', 'info', sample, '--json'], {
      encoding: 'utf8',
      stdio: ['ignore', openSync('/dev/full', 'w'), 'pipe'],
    });
    assert.equal(status, 1);
    assert.match(stderr, /^stdout: cannot be written: ENOSPC.*\n$/);
  });

  test('reports an error of the system in one line', () => {
    const cache = join(folder, 'cache');
    const run = () =>
      spawnSync(
        process.execPath,
        [MAIN, 'features', sample, '--task', 'yes,no', '--split', 'testing', '--out', join(folder, 'out')],
        { encoding: 'utf8', env: { ...process.env, SPIKEWORD_CACHE: cache } },
      );
    assert.equal(run().status, 0);
    for (const name of readdirSync(join(cache, 'features'))) {
      rmSync(join(cache, 'features', name));
      mkdirSync(join(cache, 'features', name));
    }
    const { status, stdout, stderr } = run();
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^SystemError: EISDIR.*\n$/);
  });
});

import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { packagePath } from '../host/system/package-files.js';

const PREPARE = packagePath('scripts/prepare.mjs');

/** Returns the files of the package in `dist`, with the times of their last change. */
function packedFiles(): Map<string, number> {
  const files = new Map<string, number>();
  for (const part of ['host', 'wasm', 'web']) {
    const folder = packagePath(`dist/${part}`);
    for (const name of readdirSync(folder, { recursive: true }) as string[]) {
      const path = join(folder, name);
      const { size, mtimeMs } = statSync(path, { throwIfNoEntry: false }) ?? { size: 0, mtimeMs: 0 };
      if (size > 0) files.set(path, mtimeMs);
    }
  }
  return files;
}

describe('a checkout', () => {
  test('that is not built says in a sentence how to build it', (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-checkout-'));
    t.after(() => rmSync(folder, { recursive: true }));
    for (const name of ['bin', 'package.json']) cpSync(packagePath(name), join(folder, name), { recursive: true });
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'bin/spikeword.js'), 'info'], {
      encoding: 'utf8',
    });
    assert.deepEqual([status, stdout], [1, '']);
    assert.match(stderr, /^spikeword is not built yet: run `npm run build` in .*spikeword-checkout-.*\n$/);
  });

  test('builds nothing for npx, which prepares it for every command', () => {
    const before = packedFiles();
    const env = { ...process.env, npm_command: 'exec' };
    const { status, stdout, stderr } = spawnSync(process.execPath, [PREPARE], { env, encoding: 'utf8' });
    assert.deepEqual([status, stdout, stderr], [0, '', '']);
    assert.deepEqual(packedFiles(), before);
  });

  test('is packed from a new build, while running commands keep all of their files', async () => {
    const stale = packagePath('dist/host/cli/stale.js');
    writeFileSync(stale, '// of an older build');
    const before = packedFiles();
    const missed = new Set<string>();
    const packing = spawn(process.execPath, [PREPARE], {
      env: { ...process.env, npm_command: 'pack' },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    let stderr = '';
    packing.stderr.setEncoding('utf8').on('data', (text) => {
      stderr += text;
    });
    let running = true;
    const ended = once(packing, 'close').finally(() => {
      running = false;
    });
    while (running) {
      const present = packedFiles();
      for (const path of before.keys()) if (!present.has(path)) missed.add(path);
      await wait(20);
    }
    assert.deepEqual(await ended, [0, null], stderr);
    const after = packedFiles();
    const source = (path: string) => path.replace('/dist/', '/').replace(/(\.d)?\.[jt]s$/, '.ts');
    assert.deepEqual(
      [...missed].filter((path) => after.has(path) || existsSync(source(path))),
      [],
    );
    assert.equal(existsSync(stale), false);
    assert.deepEqual(
      readdirSync(packagePath('dist')).filter((name) => name.startsWith('fresh-')),
      [],
    );
  });
});

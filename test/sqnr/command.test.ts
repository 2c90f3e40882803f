import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { packagePath } from '../../host/system/package-files.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-sqnr-'));
after(() => rmSync(folder, { recursive: true }));

const sqnr = (...args: readonly string[]): string =>
  spawnSync(process.execPath, [packagePath('dist/bench/sqnr.js'), ...args], { encoding: 'utf8' }).stdout;

describe('bench:sqnr', () => {
  test('prints one object and writes the picture', () => {
    const picture = join(folder, 'new', 'picture.svg');
    const stdout = sqnr('--json', '--seed', '3', '--svg', picture);
    assert.equal(JSON.parse(stdout).seed, 3);
    assert.match(readFileSync(picture, 'utf8'), /^<svg/);
  });

  test('prints the figures of docs/how-it-works.md', () => {
    const stdout = sqnr();
    const page = readFileSync(packagePath('docs/how-it-works.md'), 'utf8');
    const rows = [...page.matchAll(/^\| [\w ,=]+ \| (\d+\.\d\d dB) \| ([\d. ]+) \| ([\d.]+) \|$/gm)];
    const inPage = rows.map(([, ratio, thresholds, worth]) => [
      ratio,
      ...`${thresholds} ${worth}`.split(' ').map(Number),
    ]);
    const printed = [...stdout.matchAll(/(\d+\.\d\d dB) +Vth ([\d. ]+?) +amplitude ([\d.]+)/g)];
    assert.deepEqual(
      inPage,
      printed.map(([, ratio, thresholds, worth]) => [ratio, ...`${thresholds} ${worth}`.split(' ').map(Number)]),
    );
    assert.equal(inPage.length, 5);
  });
});

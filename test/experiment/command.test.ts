import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { packagePath } from '../../host/package-files.js';
import { spikeword } from '../cli/spikeword.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-sqnr-'));
after(() => rmSync(folder, { recursive: true }));

describe('experiment sqnr', () => {
  test('prints one object and writes it and the picture into a folder', () => {
    const out = join(folder, 'new');
    const picture = join(folder, 'picture.svg');
    const { code, stdout } = spikeword('experiment', 'sqnr', '--json', '--seed', '3', '--out', out, '--svg', picture);
    assert.equal(code, 0);
    assert.equal(JSON.parse(stdout).seed, 3);
    assert.deepEqual(readdirSync(out).sort(), ['sqnr.json', 'sqnr.svg']);
    assert.equal(readFileSync(join(out, 'sqnr.json'), 'utf8'), stdout);
    assert.equal(readFileSync(join(out, 'sqnr.svg'), 'utf8'), readFileSync(picture, 'utf8'));
  });

  test('prints the figures that stand in docs/how-it-works.md', () => {
    const { stdout } = spikeword('experiment', 'sqnr');
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

  test('refuses a seed that is no number', () => {
    const { code, stderr } = spikeword('experiment', 'sqnr', '--seed', 'one');
    assert.equal(code, 2);
    assert.match(stderr, /--seed.*one/);
  });
});

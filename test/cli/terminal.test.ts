import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { inkOf, widthOf } from '../../host/cli/terminal.js';
import { COLOURS, PLAIN } from '../../host/core/text/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { MAIN } from './spikeword.js';

const terminal = { isTTY: true, columns: 120, hasColors: () => true };
const pipe = {};

describe('colours', () => {
  for (const [name, output, env, coloured] of [
    ['a terminal has them', terminal, {}, true],
    ['a pipe or a file has none', pipe, {}, false],
    ['a terminal that cannot show them has none', { ...terminal, hasColors: () => false }, {}, false],
    ['NO_COLOR turns them off', terminal, { NO_COLOR: '1' }, false],
    ['an empty NO_COLOR does not', terminal, { NO_COLOR: '' }, true],
    ['FORCE_COLOR turns them on', pipe, { FORCE_COLOR: '1' }, true],
    ['FORCE_COLOR comes before NO_COLOR', pipe, { FORCE_COLOR: '', NO_COLOR: '1' }, true],
    ['FORCE_COLOR=0 turns them off', terminal, { FORCE_COLOR: '0' }, false],
  ] as const) {
    test(name, () => assert.equal(inkOf(output, env), coloured ? COLOURS : PLAIN));
  }

  const run = (env: Record<string, string | undefined>, ...args: string[]) =>
    spawnSync(process.execPath, [MAIN, ...args], {
      encoding: 'utf8',
      env: { ...process.env, FORCE_COLOR: undefined, NO_COLOR: undefined, ...env },
    });
  const evaluation = [
    ...['evaluate', packagePath('models/gsc-17-small.spkw'), '--data', packagePath('datasets/sample')],
    ...['--clips', '8'],
  ];
  const ESCAPE = String.fromCharCode(27);

  test('set off warnings and errors, and nothing in a pipe', () => {
    const plain = run({}, ...evaluation).stdout;
    assert.ok(!plain.includes(ESCAPE));
    const painted = run({ FORCE_COLOR: '1' }, ...evaluation).stdout;
    assert.ok(painted.includes(`${ESCAPE}[33monly 8 clips by `), painted);
    const missing = join('no', 'such', 'model');
    assert.ok(run({ FORCE_COLOR: '1' }, 'info', missing).stderr.startsWith(`${ESCAPE}[31mModelError:${ESCAPE}[39m `));
    assert.match(run({ FORCE_COLOR: '1', NO_COLOR: '1' }, 'info', missing).stderr, /ModelError:/);
    assert.match(run({ NO_COLOR: '1' }, 'info', missing).stderr, /^ModelError: /);
  });
});

test('the width is that of a terminal, otherwise 80', () => {
  assert.deepEqual([widthOf(terminal), widthOf(pipe), widthOf({ isTTY: true, columns: 0 })], [120, 80, 80]);
});

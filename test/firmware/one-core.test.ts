import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { coresIn, onOneCore } from '../../host/boards/one-core.js';

const hasTaskset = spawnSync('taskset', ['--version']).status === 0;

describe('an emulator on one core', () => {
  test('is on one of those that Linux lists', () => {
    assert.deepEqual(coresIn('0-3,8'), [0, 1, 2, 3, 8]);
    assert.deepEqual(coresIn('5'), [5]);
    assert.deepEqual(coresIn(''), []);
  });

  test('may use only that core', { skip: hasTaskset ? false : 'only Linux has taskset' }, () => {
    const [command, ...args] = [...onOneCore('grep'), 'Cpus_allowed_list', '/proc/self/status'];
    assert.equal(command, 'taskset');
    const { stdout } = spawnSync(command, args, { encoding: 'utf8' });
    assert.match(stdout, /^Cpus_allowed_list:\s*\d+\n$/);
  });

  test('may use all cores if the system has no taskset', () => {
    const { PATH } = process.env;
    process.env.PATH = '/nowhere';
    try {
      assert.deepEqual(onOneCore('grep'), ['grep']);
    } finally {
      process.env.PATH = PATH;
    }
  });
});

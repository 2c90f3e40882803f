import assert from 'node:assert/strict';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { afterEach, test } from 'node:test';
import { cacheFolder } from '../host/system/cache.js';

const { SPIKEWORD_CACHE, XDG_CACHE_HOME } = process.env;

function set(name: 'SPIKEWORD_CACHE' | 'XDG_CACHE_HOME', value: string | undefined): void {
  if (value === undefined) delete process.env[name];
  else process.env[name] = value;
}

afterEach(() => {
  set('SPIKEWORD_CACHE', SPIKEWORD_CACHE);
  set('XDG_CACHE_HOME', XDG_CACHE_HOME);
});

for (const [own, common, expected] of [
  ['/own', '/common', '/own'],
  ['', '/common', join('/common', 'spikeword')],
  [undefined, '', join(homedir(), '.cache', 'spikeword')],
  [undefined, undefined, join(homedir(), '.cache', 'spikeword')],
] as const) {
  test(`the cache is ${expected.replace(homedir(), '~')} with SPIKEWORD_CACHE ${own} and XDG_CACHE_HOME ${common}`, () => {
    set('SPIKEWORD_CACHE', own);
    set('XDG_CACHE_HOME', common);
    assert.equal(cacheFolder(), expected);
  });
}

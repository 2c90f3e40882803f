import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { after, describe, test } from 'node:test';
import { MAIN, spikeword } from './spikeword.js';

describe('spikeword web', () => {
  const child = spawn(process.execPath, [MAIN, 'web', '--port', '0']);
  after(() => child.kill('SIGKILL'));
  const printed = once(child.stdout, 'data').then(([text]) => String(text));

  test('prints only the address of the page, and serves it with the model for live use first', async () => {
    const text = await printed;
    assert.match(text, /^http:\/\/localhost:\d+\/\n$/);
    assert.match(await (await fetch(text.trim())).text(), /<title>spikeword/);
    const models = (await (await fetch(new URL('models/index.json', text))).json()) as { name: string }[];
    assert.equal(models[0].name, 'commands');
  });

  test('reports that a port is taken, and what to do', async () => {
    const { port } = new URL(await printed);
    const { code, stdout, stderr } = spikeword('web', '--port', port);
    assert.deepEqual([code, stdout], [1, '']);
    assert.match(stderr, new RegExp(`port ${port}: another program already uses it; choose another one with --port`));
  });

  test('ends on Ctrl-C', async () => {
    await printed;
    child.kill('SIGINT');
    assert.deepEqual(await once(child, 'close'), [130, null]);
  });
});

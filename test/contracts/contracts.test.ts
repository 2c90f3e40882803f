import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { LOAD_ERROR } from '../../host/core/kernel/generated.js';
import { loadErrorText } from '../../host/core/kernel/load-error.js';
import { KIND, PATIENCE, STATUS } from '../../host/core/protocol/generated.js';
import { refusalText } from '../../host/core/protocol/refusal-text.js';
import { packagePath } from '../../host/system/package-files.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-contracts-'));
after(() => rmSync(folder, { recursive: true }));

/** Runs the generator of a checkout. */
function generate(root: string, ...args: readonly string[]) {
  return spawnSync(process.execPath, [join(root, 'contracts/generate.mjs'), ...args], { encoding: 'utf8' });
}

describe('the contracts', () => {
  test('are what every generated file and table says', () => {
    const { status, stderr } = generate(packagePath('.'), '--check');
    assert.equal(stderr, '');
    assert.equal(status, 0);
  });

  test('name a generated file that was changed by hand, and put it right', () => {
    for (const part of ['contracts', 'assembly', 'firmware-bridge', 'docs', 'host/core']) {
      cpSync(packagePath(part), join(folder, part), { recursive: true });
    }
    appendFileSync(join(folder, 'firmware-bridge/generated.h'), '#define HOP_SAMPLES 321\n');
    const { status, stderr } = generate(folder, '--check');
    assert.equal(status, 1);
    assert.match(stderr, /firmware-bridge\/generated\.h/);
    assert.doesNotMatch(stderr, /generated\.ts/);
    assert.equal(generate(folder).stdout, 'firmware-bridge/generated.h\n');
    assert.equal(generate(folder, '--check').status, 0);
  });

  test('give every error of load and every status a sentence with all its numbers filled in', () => {
    for (const code of Object.values(LOAD_ERROR)) {
      assert.doesNotMatch(loadErrorText(code, 7, 9), /[{}]|undefined|^error/, `error ${code}`);
    }
    for (const status of Object.values(STATUS)) {
      if (status === STATUS.ok) continue;
      assert.doesNotMatch(refusalText(KIND.write, status, 3, 9), /[{}]|undefined|with error/, `status ${status}`);
    }
  });

  test('write numbers in the form that the sentence asks for', () => {
    assert.equal(
      refusalText(KIND.begin, STATUS.tooLarge, 91_372, 65_536),
      'the model needs 91,372 bytes of flash, but a slot of the board has only 65,536 bytes; nothing was changed',
    );
    assert.match(
      refusalText(KIND.infer, STATUS.trapped, 1, 0x1f),
      /an access outside its memory \(address 0x0000001f\)/,
    );
    assert.match(
      refusalText(KIND.commit, STATUS.modelInvalid, LOAD_ERROR.layer, 4),
      /layer 4 does not match the layer next to it, or is out of range/,
    );
  });

  test('say how long every request is waited for', () => {
    for (const kind of Object.values(KIND)) assert.ok(PATIENCE[kind].waitMs > 0 && PATIENCE[kind].tries > 0);
  });
});

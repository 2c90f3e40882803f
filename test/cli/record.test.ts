import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { TakeQuestions } from '../../host/cli/take-questions.js';
import { type CheckedTake, openDataset } from '../../host/dataset/index.js';
import { temporaryFolder } from '../dataset/corpus.js';
import { MAIN, unwrapped } from './spikeword.js';

const take: Extract<CheckedTake, { kind: 'good' }> = {
  kind: 'good',
  samples: new Int16Array(16_000),
  wordMs: 400,
  levelDbfs: -20,
};

/** Questions whose keys are written to `keyboard`; `screen()` is what they show. */
function questions() {
  const [keyboard, output] = [new PassThrough(), new PassThrough().setEncoding('utf8')];
  let seen = '';
  output.on('data', (text) => {
    seen += text;
  });
  const asked = new TakeQuestions(keyboard, output, () => assert.fail('interrupted'));
  return { keyboard, asked, screen: () => seen };
}

describe('the question after a take', () => {
  for (const [typed, decision] of [
    ['\n', 'keep'],
    ['\r', 'keep'],
    ['r', 'redo'],
    ['Q', 'quit'],
    ['what?r', 'redo'],
  ] as const) {
    test(`understands ${JSON.stringify(typed)} as ${decision}`, async () => {
      const { keyboard, asked, screen } = questions();
      const decided = asked.decide(take);
      keyboard.write(typed);
      assert.equal(await decided, decision);
      assert.match(screen(), /^ {2}400 ms at −20 dB: Enter keeps it, r records it again, q quits /);
      asked.close();
    });
  }

  test('is not answered by what was typed before it', async () => {
    const { keyboard, asked } = questions();
    keyboard.write('\n\n');
    await turn();
    const decided = asked.decide(take);
    await turn();
    keyboard.write('r');
    assert.equal(await decided, 'redo');
    asked.close();
  });

  test('is answered with quit, like every later one, when the input ends', async () => {
    const { keyboard, asked, screen } = questions();
    const decided = asked.decide(take);
    await turn();
    keyboard.end();
    assert.equal(await decided, 'quit');
    assert.match(screen(), /q quits \n$/);
    assert.equal(await asked.decide(take), 'quit');
  });
});

describe('spikeword record', () => {
  const fake = temporaryFolder();
  const samples = new Int16Array(6 * 16_000);
  for (let k = 3.6 * 16_000; k < 4 * 16_000; k++) samples[k] = 3000 * Math.sin((2 * Math.PI * 440 * k) / 16_000);
  writeFileSync(join(fake, 'take.raw'), Buffer.from(samples.buffer));
  writeFileSync(join(fake, 'arecord'), `#!/bin/sh\nexec cat '${join(fake, 'take.raw')}'\n`);
  chmodSync(join(fake, 'arecord'), 0o755);
  const env = { ...process.env, PATH: `${fake}${delimiter}${process.env.PATH}` };
  const record = (...args: string[]) =>
    spawnSync(process.execPath, [MAIN, 'record', 'lamp', '--keep', ...args], { encoding: 'utf8', env });

  test('prints the paths of the clips, and at the end their number, speaker and split', () => {
    const data = join(temporaryFolder(), 'mine');
    const { status, stdout, stderr } = record('--data', data, '--takes', '2', '--split', 'validation');
    assert.equal(status, 0, stderr);
    const { clips } = openDataset(data);
    assert.deepEqual(
      stdout.trim().split('\n'),
      clips.map(({ path }) => join(data, path)),
    );
    assert.deepEqual(
      clips.map(({ split }) => split),
      ['validation', 'validation'],
    );
    const said = unwrapped(stderr);
    assert.ok(said.includes(` ${data}: 2 clips of 'lamp' by ${clips[0].speaker}, for validation `), stderr);
    assert.match(said, /if your voice is in training too, results on these clips hold for your voice/);
    assert.match(stderr, /\nnext: (npx )?spikeword dataset info \S+\n {2}or: (npx )?spikeword train --wake-word lamp /);
  });

  test('prints one object with --json', () => {
    const data = temporaryFolder();
    const { status, stdout } = record('--data', data, '--takes', '1', '--speaker', 'ann', '--json');
    assert.equal(status, 0);
    const files = [join(data, 'lamp', 'ann_nohash_0.wav')];
    assert.deepEqual(JSON.parse(stdout), { word: 'lamp', speaker: 'ann', split: 'testing', files });
  });
});

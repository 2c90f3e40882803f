import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { flashModel } from '../../host/core/board/index.js';
import type { Detection } from '../../host/core/detection/index.js';
import { decodeDetected, EVENT } from '../../host/core/protocol/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { withBoard } from '../../host/device/index.js';
import { MAIN, spikeword } from '../cli/spikeword.js';
import { skipWithout } from '../firmware/skip.js';
import { buildNative, nativeSkip } from '../native/index.js';
import { detectedByHost, detectingModel, speech, wholePieces } from './alone.js';
import { type PtyProgram, startOnPty } from './pty.js';
import { smallModel } from './small-model.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-board-microphone-'));
after(() => rmSync(folder, { recursive: true }));
const samples = await speech(120);
const sound = join(folder, 'sound');
writeFileSync(sound, samples);
const model = detectingModel();
const modelPath = join(folder, 'model.spkw');
writeFileSync(modelPath, model);

/** Starts a command and gives its lines as they come. */
function start(...args: readonly string[]) {
  const child = spawn(process.execPath, [MAIN, ...args]);
  const lines: string[] = [];
  let stderr = '';
  createInterface(child.stdout).on('line', (line) => lines.push(line));
  child.stderr.setEncoding('utf8').on('data', (text) => {
    stderr += text;
  });
  const ended = once(child, 'close');
  return {
    lines,
    stderr: () => stderr,
    until: async (count: number) => {
      for (let waits = 0; lines.length < count; waits++) {
        assert.ok(child.exitCode === null && waits < 3000, `${lines.length} of ${count} lines: ${stderr}`);
        await wait(20);
      }
      return lines.slice(0, count);
    },
    stop: async () => {
      child.kill('SIGINT');
      return ended;
    },
  };
}

describe('a board with a microphone at a port', { skip: nativeSkip }, () => {
  const boards: PtyProgram[] = [];
  after(() => Promise.all(boards.map((board) => board.unplug())));

  /** Starts a board with this model whose microphone records the sound, or that has none. */
  async function boardWith(bytes: Uint8Array, microphone: Readonly<Record<string, string>>): Promise<string> {
    const environment = { SPIKEWORD_FLASH: join(folder, `flash-${boards.length}`) };
    const first = await startOnPty([await buildNative()], environment);
    await withBoard({ port: first.port }, (opened) => flashModel(opened, bytes));
    await first.unplug();
    boards.push(await startOnPty([await buildNative()], { ...environment, ...microphone }));
    return boards.at(-1)!.port;
  }

  test('monitor shows the words as listen does, after the time of day', async () => {
    const port = await boardWith(model, { SPIKEWORD_MICROPHONE: sound, SPIKEWORD_MICROPHONE_RATE: '32000' });
    const monitor = start('monitor', '--port', port);
    const [connected, ...words] = await monitor.until(4);
    assert.match(connected, /^\d\d:\d\d:\d\d {2}posix on /);
    for (const line of words) assert.match(line, /^\d\d:\d\d:\d\d {5}0:\d\d\.\d {2}(yes|no|up|down) {2}[01]\.\d\d$/);
    assert.deepEqual(await monitor.stop(), [130, null]);
  });

  test('listen --board-microphone shows what the board detects from then on, and lets it go on', async () => {
    const port = await boardWith(model, { SPIKEWORD_MICROPHONE: sound, SPIKEWORD_MICROPHONE_RATE: '32000' });
    const { code, stdout, stderr } = spikeword(
      'listen',
      '--port',
      port,
      '--board-microphone',
      '--seconds',
      '10',
      '--json',
    );
    assert.equal(code, 0, stderr);
    assert.match(
      stderr,
      /^posix listens, and goes on when this command ends\n(.*\n)?posix: 10\.0 s heard, \d+ detections/,
    );
    const detections = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Detection);
    assert.ok(detections.length > 4 && detections.every(({ sample }) => sample <= 160_000));
    assert.deepEqual(Object.keys(detections[0]), Object.keys(detectedByHost(model, samples)[0]));
    await withBoard({ port }, async ({ client }) => {
      const { listening, heard } = await client.listen('ask');
      assert.ok(listening && heard >= 160_000);
    });
  });

  test('listen --board-microphone prints a word a line, like listen', async () => {
    const port = await boardWith(model, { SPIKEWORD_MICROPHONE: sound, SPIKEWORD_MICROPHONE_RATE: '32000' });
    const listen = start('listen', '--port', port, '--board-microphone');
    for (const line of await listen.until(3)) assert.match(line, /^ {3}\d:\d\d\.\d {2}(yes|no|up|down) {2}[01]\.\d\d$/);
    assert.deepEqual(await listen.stop(), [130, null]);
  });

  test('says that nothing comes from the microphone', async () => {
    const silence = join(folder, 'silence');
    writeFileSync(silence, '');
    const port = await boardWith(model, { SPIKEWORD_MICROPHONE: silence });
    const listen = start('listen', '--port', port, '--board-microphone');
    for (let waits = 0; waits < 300 && !listen.stderr().includes('gives no sound'); waits++) await wait(50);
    assert.match(listen.stderr(), /an emulated board hears what `board emulate --microphone` plays/);
    await listen.stop();
  });

  test('says what is missing: a microphone, or a model that detects words', async () => {
    const deaf = spikeword('listen', '--port', await boardWith(model, {}), '--board-microphone');
    assert.deepEqual([deaf.code, deaf.stdout], [3, '']);
    assert.match(deaf.stderr, /^RefusedError: .*: the board has no microphone; /);
    const port = await boardWith(smallModel(44, 'valid'), { SPIKEWORD_MICROPHONE: sound });
    const without = spikeword('listen', '--port', port, '--board-microphone');
    assert.deepEqual([without.code, without.stdout], [3, '']);
    assert.match(without.stderr, /^RefusedError: .*does not say how to detect words/);
  });
});

test('listen --board-microphone refuses options for sound and thresholds of this computer', () => {
  for (const [option, said] of [
    [['--wav', 'words.wav'], /--wav is not for --board-microphone: the board listens to its own microphone/],
    [['--real-time'], /--real-time is not for --board-microphone/],
    [['--device', 'x'], /--device is not for --board-microphone/],
    [['--recorder', 'arecord'], /--recorder is not for --board-microphone/],
    [['--false-accepts', '1'], /--false-accepts is not for .*thresholds of its model, which `flash --words`/],
    [['--words', 'yes'], /--words is not for .*thresholds of its model/],
    [['-'], /'-' is not for --board-microphone/],
    [[modelPath], /model\.spkw' is not for --board-microphone: .*with its own model/],
  ] as const) {
    const { code, stderr } = spikeword('listen', ...option, '--board-microphone');
    assert.equal(code, 2, stderr);
    assert.match(stderr, said);
  }
});

test('board emulate refuses sound for a board without a microphone, and options of sound without it', () => {
  const wav = join(folder, 'short.wav');
  writeFileSync(wav, encodeWav(new Int16Array(16_000)));
  const deaf = spikeword('board', 'emulate', 'rv32-virt', '--microphone', wav);
  assert.deepEqual([deaf.code, deaf.stdout], [2, '']);
  assert.match(deaf.stderr, /^UsageError: rv32-virt has no microphone; these boards have one: mps2-an386, /);
  for (const option of ['--fast', '--loop', '--resample']) {
    assert.match(
      spikeword('board', 'emulate', 'mps2-an386', option).stderr,
      new RegExp(`${option} needs --microphone`),
    );
  }
});

test('board emulate --microphone plays a recording to the board', {
  skip: await skipWithout('wasm2c', 'arm-none-eabi-gcc', 'qemu-system-arm'),
}, async () => {
  const wav = join(folder, 'words.wav');
  const played = samples.subarray(0, 8 * 16_000);
  writeFileSync(wav, encodeWav(played));
  const args = ['--flash', join(folder, 'emulated'), '--microphone', wav, '--fast', '--json'];
  const emulator = start('board', 'emulate', 'mps2-an386', ...args);
  const { port } = JSON.parse((await emulator.until(1))[0]) as { port: string };
  const followed = new Int16Array(9 * 16_000);
  followed.set(played);
  const detections: Detection[] = [];
  await withBoard({ port }, async (board) => {
    board.client.link.onEvent = ({ kind, body }) => {
      if (kind === EVENT.detected) detections.push(decodeDetected(body));
    };
    // the sound waits for a board that does not listen yet
    await flashModel(board, model);
    while ((await board.client.listen('ask')).heard < wholePieces(followed.length)) await wait(50);
  });
  assert.deepEqual(detections, detectedByHost(model, followed));
  assert.equal(emulator.stderr(), `${wav}: the board has all of it\n`);
  assert.deepEqual(await emulator.stop(), [130, null]);
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import { emulatorTool, findBoard } from '../../host/boards/index.js';
import { flashModel, rollBack } from '../../host/core/board/index.js';
import { RefusedError } from '../../host/core/error.js';
import { type BoardClient, STATUS } from '../../host/core/protocol/index.js';
import { openKernel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { skipWithout } from '../firmware/skip.js';
import { nativeSkip } from '../native/index.js';
import {
  detectedByHost,
  detectingModel,
  type ListeningBoard,
  speech,
  wholePieces,
  withListeningEmulator,
  withListeningProcess,
} from './alone.js';
import { smallModel } from './small-model.js';

const MINUTE = 60;
const model = detectingModel();
const connected = async (client: BoardClient) => ({ client, hello: await client.hello(), port: 'posix' });

/** Makes every kind of request that does not end the listening, for as long as `pending` lasts. */
async function disturb({ client }: ListeningBoard, pending: Promise<unknown>): Promise<number> {
  let going = true;
  void pending.finally(() => {
    going = false;
  });
  let requests = 0;
  for (; going; requests++) {
    await client.statistics();
    await client.readSlot(0, 3000);
    await client.hello();
    await assert.rejects(client.infer(), (error) => error instanceof RefusedError && error.status === STATUS.notReady);
    await wait(3);
  }
  return requests;
}

/**
 * Where in the sound a stream may have begun whose board has heard all pieces since: a whole number of pieces after the
 * beginnings of up to three streams before it.
 */
function beginnings(samples: Int16Array, heard: number): number[] {
  const latest = samples.length - heard;
  return [0, 1, 2, 3].map((streams) => latest - ((latest - 192 * streams) % 320));
}

describe('a board that listens alone', { skip: nativeSkip }, () => {
  for (const [name, bytes] of [
    ['a network that listens', model],
    ['a network for clips', detectingModel('same', 21)],
    ['the bundled model', new Uint8Array(readFileSync(packagePath('models/commands.spkw')))],
  ] as const) {
    test(`detects in ten minutes of speech exactly what the host does, at the same samples, with ${name}`, async () => {
      const samples = await speech(10 * MINUTE);
      const expected = detectedByHost(bytes, samples);
      assert.ok(expected.length > 60, `${expected.length} detections`);
      await withListeningProcess(bytes, samples, async (board) => {
        const all = board.goneBy(wholePieces(samples.length));
        const requests = await disturb(board, all);
        assert.ok(requests > 10, `${requests} rounds of requests`);
        assert.deepEqual(board.detections, expected);
        assert.deepEqual(await all, {
          microphone: true,
          listening: true,
          heard: wholePieces(samples.length),
          lost: 0,
          since: 0,
        });
        const frames = (wholePieces(samples.length) - 512) / 320 + 1;
        const { frames: window } = openKernel(bytes).network.spec.input;
        const { detection } = openKernel(bytes).network;
        const { inferences } = await board.client.statistics();
        assert.equal(inferences, Math.floor((frames - window) / detection!.hop) + 1);
      });
    });
  }

  test('begins another stream after samples were lost, and counts them as gone by', async () => {
    const samples = await speech(MINUTE);
    const at = 30 * 16_000;
    const stall = { at, samples: 8000 };
    await withListeningProcess(
      model,
      samples,
      async ({ detections, goneBy }) => {
        const { heard, lost, since } = await goneBy(wholePieces(samples.length) - 320);
        // the ring has room for 2048, of which what is no whole piece is lost too
        assert.ok(lost >= 8000 - 2048 && lost < 8000 - 2048 + 2 * 320, `${lost} samples lost`);
        assert.ok(since > at + lost && since <= at + 8000 + 320, `since ${since}`);
        assert.ok(heard + lost > samples.length - 2 * 320);
        const before = detectedByHost(model, samples.subarray(0, since - lost));
        const after = detectedByHost(model, samples.subarray(since), since);
        assert.ok(before.length > 10 && after.length > 10);
        assert.deepEqual(detections, [...before, ...after]);
        assert.notDeepEqual(detections, detectedByHost(model, samples));
      },
      { stall },
    );
  });

  test('loses samples of real time while something keeps it from taking them', async () => {
    const samples = await speech(12);
    await withListeningProcess(
      model,
      samples,
      async ({ process, detections, goneBy }) => {
        await goneBy(3 * 16_000);
        await process.freeze(500);
        const { lost, since } = await goneBy(samples.length - 2 * 320);
        assert.ok(lost > 6000 && since > 3 * 16_000 + lost, `${lost} samples lost until ${since}`);
        assert.deepEqual(
          detections.filter(({ sample }) => sample > since),
          detectedByHost(model, samples.subarray(since), since),
        );
      },
      { microphoneRate: 32_000 },
    );
  });

  test('stops and begins again when LISTEN says so, with the next sample', async () => {
    const samples = await speech(5 * MINUTE);
    await withListeningProcess(model, samples, async ({ client, detections, goneBy }) => {
      await goneBy(10_000);
      const { heard, listening } = await client.listen('off');
      assert.ok(heard < samples.length - MINUTE * 16_000);
      assert.equal(listening, false);
      const before = detections.length;
      await wait(50);
      assert.deepEqual(await client.listen('ask'), { microphone: true, listening: false, heard, lost: 0, since: 0 });
      assert.deepEqual(detections, detectedByHost(model, samples.subarray(0, heard)));
      const began = await client.listen('on');
      assert.deepEqual(began, { microphone: true, listening: true, heard: 0, lost: 0, since: 0 });
      const rest = samples.subarray(heard);
      await goneBy(wholePieces(rest.length));
      assert.deepEqual(detections.slice(before), detectedByHost(model, rest));
    });
  });

  test('goes on with the model that was flashed, and after a rollback with the one before', async () => {
    const samples = await speech(10 * MINUTE);
    const other = detectingModel('valid', 21);
    await withListeningProcess(model, samples, async ({ client, detections, goneBy }) => {
      await flashModel(await connected(client), other);
      const flashed = detections.length;
      assert.equal((await client.listen('ask')).listening, true);
      await rollBack(await connected(client));
      const rolledBack = detections.length;
      const { heard } = await goneBy(1).then(() => client.listen('off'));
      assert.ok(heard < 9 * MINUTE * 16_000 && rolledBack >= flashed);
      // with LISTEN off, neither a restart of the stream nor a model begins it
      await flashModel(await connected(client), other);
      assert.equal((await client.listen('ask')).listening, false);
      detections.length = 0;
      await client.listen('on');
      for (let before = -1, now = 0; now > before; ) {
        before = now;
        await wait(200);
        now = (await client.listen('ask')).heard;
      }
      const rest = await client.listen('ask');
      const possible = beginnings(samples, rest.heard).map((began) => detectedByHost(other, samples.subarray(began)));
      assert.ok(detections.length > 20);
      assert.ok(possible.some((expected) => isDeepStrictEqual(detections, expected)));
    });
  });

  test('listens as soon as it has a model, and no longer when the computer takes its kernel', async () => {
    const samples = await speech(10 * MINUTE);
    await withListeningProcess(null, samples, async ({ client, detections }) => {
      assert.deepEqual(await client.listen('ask'), {
        ...{ microphone: true, listening: false, heard: 0, lost: 0, since: 0 },
      });
      await assert.rejects(client.listen('on'), /no model is running on the board/);
      await flashModel(await connected(client), model);
      assert.equal((await client.listen('ask')).listening, true);
      await client.clip('samples');
      const { heard, listening } = await client.listen('ask');
      assert.equal(listening, false);
      assert.deepEqual(detections, detectedByHost(model, samples.subarray(0, heard)));
    });
  });

  test('goes on with the old model after a refused update, and when the computer gives one up', async () => {
    const samples = await speech(10 * MINUTE);
    await withListeningProcess(model, samples, async ({ client }) => {
      await assert.rejects(client.begin(new Uint8Array(5000), 0), RefusedError);
      assert.equal((await client.listen('ask')).listening, true);
      await client.begin(smallModel(1), 0);
      assert.equal((await client.listen('ask')).listening, false);
      await wait(5500);
      assert.equal((await client.listen('ask')).listening, true);
    });
  });

  test('says why it cannot: no microphone, or a model that does not say how to detect words', async () => {
    await withListeningProcess(model, null, async ({ client }) => {
      assert.equal((await client.listen('ask')).microphone, false);
      await assert.rejects(client.listen('on'), /the board has no microphone; .*`spikeword listen --port`/);
      assert.equal((await client.listen('off')).listening, false);
    });
    await withListeningProcess(smallModel(44, 'valid'), new Int16Array(160_000), async ({ client, detections }) => {
      await assert.rejects(client.listen('on'), /does not say how to detect words; .*`spikeword tune MODEL`/);
      assert.deepEqual([(await client.listen('ask')).heard, detections], [0, []]);
    });
  });
});

const board = findBoard('mps2-an386');
test(`${board.name} detects alone exactly what the host does, while it answers requests`, {
  skip: await skipWithout('wasm2c', 'arm-none-eabi-gcc', emulatorTool(board)),
}, async () => {
  const samples = await speech(20);
  const expected = detectedByHost(model, samples);
  await withListeningEmulator(board, model, samples, async (emulated) => {
    await disturb(emulated, emulated.goneBy(wholePieces(samples.length)));
    assert.deepEqual(emulated.detections, expected);
    const { lost, since } = await emulated.client.listen('ask');
    assert.deepEqual([lost, since], [0, 0]);
    // a restart forgets the stream, and the next sample is its first
    await emulated.client.restart();
    await emulated.client.hello();
    const again = await emulated.client.listen('ask');
    assert.deepEqual(again, { microphone: true, listening: true, heard: 0, lost: 0, since: 0 });
  });
});

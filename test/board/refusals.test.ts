import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { flashModel } from '../../host/core/board/index.js';
import { BoardClient, INSPECT, KIND } from '../../host/core/protocol/index.js';
import { buildNative, type NativeBoard, nativeSkip, startNative, streamOf } from '../native/index.js';
import { smallModel } from './small-model.js';

describe('a board that refuses a request', { skip: nativeSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-refusals-'));
  let board: NativeBoard;
  let client: BoardClient;

  before(async () => {
    board = startNative(await buildNative(), { flash: join(folder, 'flash') });
    client = new BoardClient(streamOf('native', board.port, board.stop));
    await flashModel({ client, hello: await client.hello(), port: 'native' }, smallModel(1));
  });
  after(async () => {
    await board.stop();
    rmSync(folder, { recursive: true });
  });

  const refuses = (work: Promise<unknown>, message: RegExp) => assert.rejects(work, { name: 'RefusedError', message });

  test('says how many clips it has and how many the request needs', async () => {
    const noClip = (request: string) =>
      new RegExp(`not ready for ${request}: it needs 1 clips, frames or steps first, but has 0$`);
    for (const name of ['infer', 'step'] as const) {
      await refuses(
        client.link.request(KIND[name], new Uint8Array(name === 'step' ? 2 : 0)),
        noClip(name.toUpperCase()),
      );
    }
    await refuses(client.samples(0, new Int16Array(10)), noClip('SAMPLES'));
    await refuses(client.inspect(INSPECT.features), noClip('INSPECT'));
    await client.clip('features');
    await refuses(client.samples(0, new Int16Array(10)), noClip('SAMPLES'));
    await client.clip('samples');
    await refuses(client.link.request(KIND.features, new Uint8Array(14)), noClip('FEATURES'));
  });

  test('says how many frames or steps it has and how many the request needs', async () => {
    const { frames, layers } = await client.clip('samples');
    await client.samples(0, new Int16Array(510));
    await client.samples(510, new Int16Array(2));
    await refuses(
      client.link.request(KIND.infer),
      new RegExp(`not ready for INFER: it needs ${frames} clips, frames or steps first, but has 1$`),
    );
    await refuses(
      client.inspect(INSPECT.scores),
      new RegExp(`not ready for INSPECT: it needs ${layers + 1} clips, frames or steps first, but has 0$`),
    );
  });

  test('says which value it would take', async () => {
    await refuses(client.clip('stream', 0), /value 0 in CLIP; the nearest allowed value is 1$/);
    await refuses(client.clip('samples', 5), /value 5 in CLIP; the nearest allowed value is 0$/);
    await refuses(
      client.link.request(KIND.read, new Uint8Array(8)),
      /value 0 in READ; the nearest allowed value is 1$/,
    );
  });
});

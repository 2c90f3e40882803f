import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { after, before, describe, test } from 'node:test';
import { flashModel } from '../../host/core/board/index.js';
import { BoardRestartedError, PortLostError, RefusedError } from '../../host/core/error.js';
import { STATUS } from '../../host/core/protocol/index.js';
import { type BoardEvent, monitorBoard, monitorPort, withBoard } from '../../host/device/index.js';
import { MAIN, spikeword } from '../cli/spikeword.js';
import { buildNative, nativeSkip } from '../native/index.js';
import { type PtyProgram, startOnPty } from './pty.js';
import { edited, smallModel } from './small-model.js';

describe('a monitored board', { skip: nativeSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-monitor-'));
  let board: PtyProgram;
  before(async () => {
    board = await startOnPty([await buildNative()], { SPIKEWORD_FLASH: join(folder, 'flash') });
  });
  after(async () => {
    await board.unplug();
    rmSync(folder, { recursive: true });
  });

  test('shows the running model, a new model and a restart', async () => {
    const events: BoardEvent[] = [];
    await withBoard({ port: board.port }, async (opened) => {
      const end = new AbortController();
      const seen = async (kind: BoardEvent['kind']): Promise<void> => {
        while (events.at(-1)?.kind !== kind) await new Promise((resolve) => setTimeout(resolve, 20));
      };
      const watching = monitorBoard(opened, (event) => events.push(event), end.signal, 20);
      await seen('connected');
      await flashModel(opened, smallModel(1));
      await seen('model');
      await opened.client.restart();
      await seen('restarted');
      end.abort();
      await watching;
    });
    assert.deepEqual(
      events.map(({ kind }) => kind),
      ['connected', 'model', 'restarted'],
    );
    assert.match(events[0].text, /^posix on .*; no model runs$/);
    assert.match(events[1].text, /^slot 0 runs, [\d,]+ bytes, CRC-32 [0-9a-f]{8}$/);
    assert.match(events[2].text, /^the board has restarted; slot 0 runs/);
  });

  test('that comes back at another port of the same USB device is monitored on', async () => {
    const executable = await buildNative();
    const [first, second] = await Promise.all(
      ['a', 'b'].map((name) => startOnPty([executable], { SPIKEWORD_FLASH: join(folder, name) })),
    );
    const usb = { manufacturer: null, vendorId: '2e8a', productId: '000a' };
    let there = first.port;
    const events: string[] = [];
    const end = new AbortController();
    const watching = monitorPort(
      { port: first.port, list: async () => [{ path: there, ...usb }] },
      ({ text }) => {
        events.push(text);
        // several questions later
        if (text.includes(second.port)) setTimeout(() => end.abort(), 400);
      },
      end.signal,
      { askMs: 50, backWithinMs: 20_000, lookEveryMs: 50 },
    );
    while (events.length === 0) await new Promise((resolve) => setTimeout(resolve, 20));
    await first.unplug();
    there = second.port;
    await watching;
    assert.match(events[1], /is gone; waiting for the board to come back$/);
    assert.equal(events[2], 'the board has restarted');
    assert.equal(events.length, 4);
    assert.match(events[3], new RegExp(`^posix on ${second.port},`));
    const lost = monitorPort({ port: second.port, list: async () => [] }, () => void second.unplug(), undefined, {
      askMs: 20,
      backWithinMs: 300,
      lookEveryMs: 50,
    });
    await assert.rejects(lost, PortLostError);
  });

  test('refuses requests from before its restart', async () => {
    await withBoard({ port: board.port }, async (opened) => {
      const { client, hello } = opened;
      await flashModel(opened, smallModel(1));
      await client.clip('samples');
      await client.restart();
      client.link.nonce = hello.nonce;
      await assert.rejects(client.infer(), BoardRestartedError);
      assert.notEqual((await client.hello()).nonce, hello.nonce);
    });
  });

  test('refuses a model that is too large or damaged before it erases anything', async () => {
    await withBoard({ port: board.port }, async (opened) => {
      const sectors = async () => (await opened.client.statistics()).sectorsErased;
      const before = await sectors();
      const refusal = (status: number, message: RegExp) => (error: unknown) =>
        error instanceof RefusedError && error.status === status && message.test(error.message);
      const large = new Uint8Array(200_000);
      large.set(smallModel(2));
      await assert.rejects(
        flashModel(opened, large),
        refusal(
          STATUS.tooLarge,
          /needs 200,000 bytes of flash, but a slot of the board has only 130,\d+ bytes; nothing was changed/,
        ),
      );
      const broken = edited(smallModel(2), (view) => view.setUint32(20, 9, true));
      await assert.rejects(
        flashModel(opened, broken),
        refusal(STATUS.modelInvalid, /kernel refuses the model: section \d is not where it belongs/),
      );
      assert.equal(await sectors(), before);
    });
  });

  test('the command closes the port at Ctrl-C, and ends with exit code 3 if the board is unplugged', async () => {
    const watch = async () => {
      const child = spawn(process.execPath, [MAIN, 'monitor', '--port', board.port]);
      let stderr = '';
      child.stderr.setEncoding('utf8').on('data', (text) => {
        stderr += text;
      });
      const [line] = await once(createInterface(child.stdout), 'line');
      assert.match(line, /^\d\d:\d\d:\d\d {2}posix on /);
      return { child, ended: once(child, 'close'), stderr: () => stderr };
    };
    const first = await watch();
    first.child.kill('SIGINT');
    assert.deepEqual(await first.ended, [130, null]);
    assert.equal(first.stderr(), '');
    assert.equal(spikeword('info', '--port', board.port).code, 0);
    const second = await watch();
    await board.unplug();
    assert.deepEqual(await second.ended, [3, null]);
    assert.match(second.stderr(), /^PortLostError: .*the connection is gone/);
  });
});

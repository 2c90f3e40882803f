import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { buildNative, nativeSkip } from '../native/index.js';
import { frame, RawBoard, words } from './raw-board.js';

const HELLO = 0x01;
const WRITE = 0x11;
const STATISTICS = 0x30;
const RESTART = 0x31;
const hello = (session = 5): Buffer => words('2,4', 1, session);
/** The positions in STATISTICS of executed requests, repeated answers, late requests and dropped frames. */
const COUNTS = { done: 24, repeats: 28, late: 32, dropped: 36, otherNonces: 40 };

describe('a conversation with the firmware', { skip: nativeSkip }, () => {
  let folder: string;
  let board: RawBoard;
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-session-'));
    board = await RawBoard.start(await buildNative({ sanitize: true }), { flash: join(folder, 'flash') });
  });
  afterEach(async () => {
    await board.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test('begins with HELLO for any protocol version and any nonce of the host', async () => {
    board.write(frame(HELLO, 77, 0xdeadbeef, words('2,4,4', 999, 5, 1)));
    const answer = await board.next();
    assert.deepEqual([answer.kind, answer.status, answer.id], [0x81, 0, 77]);
    assert.deepEqual([answer.body.readUInt16LE(0), answer.body.readUInt32LE(4)], [1, board.nonce]);
    assert.equal(answer.body.subarray(88).toString(), 'posix\0native\0');
  });

  test('repeats the answer to a repeated request without executing it again', async () => {
    await board.ask(HELLO, 1, hello());
    const first = await board.ask(STATISTICS, 2);
    const second = await board.ask(STATISTICS, 2);
    assert.deepEqual(second, first);
    const after = await board.ask(STATISTICS, 3);
    const count = (at: number) => after.body.readUInt32LE(at);
    assert.deepEqual([count(COUNTS.done), count(COUNTS.repeats)], [2, 1]);
  });

  test('drops late requests, also when the ids wrap around', async () => {
    await board.ask(HELLO, 0xfffe, hello());
    await board.ask(STATISTICS, 0xffff);
    await board.ask(STATISTICS, 0);
    board.write(frame(STATISTICS, 0xffff, board.nonce));
    board.write(frame(STATISTICS, 0xfffe, board.nonce));
    // the id of the last request with different content is not a repetition
    board.write(frame(WRITE, 0, board.nonce, words('4,1', 0, 1)));
    const answer = await board.ask(STATISTICS, 1);
    assert.equal(answer.id, 1);
    assert.equal(answer.body.readUInt32LE(COUNTS.late), 3);
  });

  test('restarts the ids for the HELLO of another session, but not for a late HELLO of the same session', async () => {
    await board.ask(HELLO, 1000, hello(1));
    await board.ask(STATISTICS, 1001);
    assert.equal((await board.ask(HELLO, 3, hello(2))).id, 3);
    await board.ask(STATISTICS, 4);
    board.write(frame(HELLO, 3, 0, hello(2)));
    assert.equal((await board.ask(STATISTICS, 5)).body.readUInt32LE(COUNTS.late), 1);
  });

  test('refuses requests of an earlier boot', async () => {
    await board.ask(HELLO, 1, hello());
    board.write(frame(STATISTICS, 2, (board.nonce ^ 1) >>> 0));
    const answer = await board.next();
    assert.deepEqual([answer.kind, answer.status, answer.nonce], [0xb0, 1, board.nonce]);
    assert.deepEqual(answer.body, words('4,4', board.nonce, (board.nonce ^ 1) >>> 0));
  });

  test('says what is wrong with a request', async () => {
    await board.ask(HELLO, 1, hello());
    const expectations: [number, Buffer, number, number, number][] = [
      [0x3f, Buffer.alloc(0), 2, 0x3f, 0],
      [WRITE, Buffer.alloc(4), 3, 4, 5],
      [0x12, Buffer.alloc(9), 3, 9, 8],
      [0x14, words('1,1,2,4', 2, 0, 1, 0), 4, 2, 1],
      [0x10, words('4,4,2', 2000, 0, 0), 3, 10, 1008],
      [0x10, words('4,4,2', 5, 0, 0), 3, 10, 13],
      [0x14, words('1,1,2,4', 0, 0, 0, 0), 4, 0, 1],
      [0x14, words('1,1,2,4', 0, 0, 1025, 0), 4, 1025, 1024],
      [0x14, words('1,1,2,4', 0, 0, 8, 130_041), 4, 130_041, 130_040],
      [0x20, words('1,1,2', 3, 0, 0), 4, 3, 2],
      [0x20, words('1,1,2', 2, 0, 0), 4, 0, 1],
      [0x20, words('1,1,2', 1, 0, 7), 4, 7, 0],
      [0x20, words('1,1,2', 0, 0, 0), 5, 0, 0],
      [0x21, words('4,2', 0, 0), 6, 0, 1],
      [0x22, words('4,1', 0, 0), 6, 0, 1],
      [0x23, Buffer.alloc(0), 6, 0, 1],
      [WRITE, words('4,1', 0, 1), 8, 0, 0],
      [0x12, words('4,4', 1, 1), 8, 0, 0],
      [0x13, Buffer.alloc(0), 5, 0, 0],
    ];
    let id = 2;
    for (const [kind, body, status, detail, other] of expectations) {
      const answer = await board.ask(kind, id++, body);
      const what = `request 0x${kind.toString(16)} ${body.toString('hex')}`;
      assert.deepEqual([answer.kind, answer.status], [kind | 0x80, status], what);
      assert.deepEqual([answer.body.readUInt32LE(0), answer.body.readUInt32LE(4)], [detail, other], what);
    }
  });

  test('survives noise, damaged frames and far too long frames, and counts them', async () => {
    await board.ask(HELLO, 1, hello());
    const damaged = frame(STATISTICS, 2, board.nonce);
    damaged[5] ^= 0x10;
    board.write(damaged);
    board.write(Buffer.alloc(5000, 7));
    board.write(Buffer.of(0, 9, 1, 0, 0, 0));
    const answer = await board.ask(STATISTICS, 2);
    assert.equal(answer.status, 0);
    assert.equal(answer.body.readUInt32LE(COUNTS.dropped), 3);
  });

  test('ends with a restart that it confirms and announces, with a new nonce', async () => {
    await board.ask(HELLO, 1, hello());
    assert.equal((await board.ask(RESTART, 2)).status, 0);
    const booted = await board.next();
    assert.deepEqual([booted.kind, booted.id], [0xc0, 0]);
    assert.deepEqual(booted.body, words('4,2,2', booted.nonce, 1, 0));
    assert.notEqual(booted.nonce, board.nonce);
    assert.equal((await board.ask(STATISTICS, 3)).status, 1);
  });
});

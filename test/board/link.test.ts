import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { BoardError, NoAnswerError, RefusedError } from '../../host/core/error.js';
import { encodeFrame, FrameDecoder } from '../../host/core/protocol/frame.js';
import { BoardClient, type ByteStream, EVENT, KIND, type Packet, patienceFor } from '../../host/core/protocol/index.js';
import { decodePacket, encodePacket } from '../../host/core/protocol/packet.js';

const PATIENCE = { waitMs: 40, tries: 3 };

/** A board that answers each frame as the test says, and a client of it. */
function board(onRequest: (request: Packet, count: number, send: (packet: Packet) => void) => void) {
  const decoder = new FrameDecoder();
  let requests = 0;
  const stream: ByteStream = {
    name: 'board',
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => {
      for (const packet of decoder.push(bytes).map(decodePacket)) {
        requests += 1;
        const count = requests;
        setImmediate(() => onRequest(packet, count, send));
      }
    },
    close: async () => {},
  };
  const send = (packet: Packet): void => stream.onBytes(encodeFrame(encodePacket(packet)));
  return { client: new BoardClient(stream, () => PATIENCE), send, requests: () => requests };
}

const answerTo = ({ kind, id, nonce }: Packet, body: Uint8Array = new Uint8Array(0), status = 0): Packet => ({
  kind: kind | 0x80,
  status,
  id,
  nonce,
  body,
});
const booted = (nonce: number): Packet => ({ kind: EVENT.booted, status: 0, id: 0, nonce, body: new Uint8Array(8) });

describe('the link', () => {
  test('accepts only the answer to the waiting request', async () => {
    const { client } = board((request, _count, send) => {
      const right = answerTo(request, Uint8Array.of(1));
      send({ ...right, id: (right.id + 0xffff) & 0xffff, body: Uint8Array.of(2) });
      send({ ...right, kind: KIND.step | 0x80, body: Uint8Array.of(3) });
      send({ ...right, kind: request.kind, body: Uint8Array.of(4) });
      send(right);
      send({ ...right, body: Uint8Array.of(5) });
    });
    for (let k = 0; k < 3; k++) assert.deepEqual([...(await client.link.request(KIND.read))], [1]);
  });

  test('tries as often as its error says', async () => {
    const { client, requests } = board(() => {});
    await assert.rejects(client.link.request(KIND.infer), (error) => {
      assert.ok(error instanceof NoAnswerError);
      assert.match(error.message, /no answer to INFER within 0.12 s, sent 3 times/);
      return true;
    });
    assert.equal(requests(), PATIENCE.tries);
  });

  test('asks again at once if the board has just started, even after the last try', async () => {
    const { client, requests } = board((request, count, send) => {
      if (count === PATIENCE.tries) send(booted(7));
      if (count === PATIENCE.tries + 1) send(answerTo(request, Uint8Array.of(1)));
    });
    assert.deepEqual([...(await client.link.request(KIND.hello))], [1]);
    assert.equal(requests(), PATIENCE.tries + 1);
  });

  test('gives up on a board that restarts repeatedly', async () => {
    const { client, requests } = board((_request, count, send) => send(booted(count)));
    await assert.rejects(client.link.request(KIND.hello), NoAnswerError);
    assert.equal(requests(), 2 * PATIENCE.tries);
  });

  test('recognises another version by an answer of two bytes', async () => {
    const { client } = board((request, _count, send) => send(answerTo(request, Uint8Array.of(0x34, 0x12))));
    await assert.rejects(client.hello(), (error) => {
      assert.ok(error instanceof BoardError && error.exitCode === 3);
      assert.match(error.message, /protocol version 4660, but this spikeword speaks version 1/);
      return true;
    });
  });

  test('has its own message for a cut answer, an empty one and an unknown error', async () => {
    const cases: [Uint8Array, number, RegExp][] = [
      [Uint8Array.of(1, 0, 1, 0), 0, /answer ends after 4 bytes; its firmware may be a different version/],
      [new Uint8Array(0), 0, /answer to HELLO is empty/],
      [Uint8Array.of(5, 0, 0, 0, 6, 0, 0, 0), 99, /refuses HELLO with error 99 \(5, 6\)/],
    ];
    for (const [body, status, message] of cases) {
      const { client } = board((request, _count, send) => send(answerTo(request, body, status)));
      await assert.rejects(client.hello(), (error) => {
        assert.ok(error instanceof BoardError && (status === 0 || error instanceof RefusedError));
        assert.match(error.message, message);
        return true;
      });
    }
  });

  test('waits for the times in protocol.md', () => {
    const times = (kind: number) => Object.values(patienceFor(kind));
    assert.deepEqual(times(KIND.begin), [20_000, 3]);
    assert.deepEqual(times(KIND.rollback), [10_000, 3]);
    assert.deepEqual(times(KIND.infer), [1000, 20]);
    assert.deepEqual(times(KIND.write), [1000, 5]);
  });
});

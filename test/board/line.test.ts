import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { flashModel } from '../../host/core/board/index.js';
import { NoAnswerError } from '../../host/core/error.js';
import { encodeModel } from '../../host/core/model/index.js';
import { encodeFrame, FrameDecoder } from '../../host/core/protocol/frame.js';
import { BoardClient, type ByteStream, INSPECT } from '../../host/core/protocol/index.js';
import { decodePacket, encodePacket } from '../../host/core/protocol/packet.js';
import { Random } from '../../host/core/random.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { buildNative, type NativeBoard, nativeSkip, startNative, streamOf } from '../native/index.js';
import { faultyLine } from './faulty-line.js';

const WAIT_MS = 12;
const patience = () => ({ waitMs: WAIT_MS, tries: 200 });
const model = encodeModel(randomQuantizedNetwork(11, { dimensions: 1 }));

/** The results of many messages over one line. */
interface Outcome {
  delivered: number;
  /** Number of errors because no answer came. */
  unanswered: number;
  /** Number of wrong answers. */
  wrong: number;
  faults: number;
}

/** Reads random parts of the model in the board's flash. */
async function read(client: BoardClient, slot: number, random: Random): Promise<boolean> {
  const offset = random.below(model.length - 64);
  const length = 1 + random.below(64);
  const body = new Uint8Array(8);
  const view = new DataView(body.buffer);
  view.setUint8(0, slot);
  view.setUint16(2, length, true);
  view.setUint32(4, offset, true);
  return Buffer.compare(await client.link.request(0x14, body), model.subarray(offset, offset + length)) === 0;
}

/** Sends a clip in pieces and checks that the board got all of them once and in order. */
async function clip(client: BoardClient, random: Random, sent: { messages: number }): Promise<boolean> {
  const samples = Int16Array.from({ length: 200 + random.below(800) }, () => random.below(65_536) - 32_768);
  const pieces = Math.ceil(samples.length / 100);
  await client.clip('samples');
  for (let k = 0; k < pieces; k++) await client.samples(100 * k, samples.subarray(100 * k, 100 * k + 100));
  const got = new DataView((await client.inspect(INSPECT.samples)).buffer);
  sent.messages += pieces + 2;
  return got.getUint32(0, true) === crc32(new Uint8Array(samples.buffer)) && got.getUint32(4, true) === samples.length;
}

async function talk(client: BoardClient, slot: number, messages: number, seed: number): Promise<Outcome> {
  const outcome: Outcome = { delivered: 0, unanswered: 0, wrong: 0, faults: 0 };
  const random = new Random(seed, 3);
  while (outcome.delivered + outcome.unanswered + outcome.wrong < messages) {
    const sent = { messages: 0 };
    try {
      const right = random.below(10) === 0 ? await clip(client, random, sent) : await read(client, slot, random);
      if (right) outcome.delivered += Math.max(1, sent.messages);
      else outcome.wrong += 1;
    } catch (error) {
      if (!(error instanceof NoAnswerError)) throw error;
      outcome.unanswered += 1;
    }
  }
  return outcome;
}

/** Accepts any answer for the waiting request, as if the link ignored ids. */
function ignoringIds(inner: ByteStream): ByteStream {
  const decoder = { out: new FrameDecoder(), in: new FrameDecoder() };
  let asked = 0;
  const stream: ByteStream = {
    name: inner.name,
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => {
      for (const packet of decoder.out.push(bytes)) asked = decodePacket(packet).id;
      inner.write(bytes);
    },
    close: () => inner.close(),
  };
  inner.onBytes = (bytes) => {
    for (const packet of decoder.in.push(bytes)) {
      stream.onBytes(encodeFrame(encodePacket({ ...decodePacket(packet), id: asked })));
    }
  };
  return stream;
}

describe('a faulty line', { skip: nativeSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-line-'));
  const boards: NativeBoard[] = [];
  let executable = '';

  before(async () => {
    executable = await buildNative();
  });
  after(async () => {
    await Promise.all(boards.map((board) => board.stop()));
    rmSync(folder, { recursive: true });
  });

  /** Starts a board with the model, and returns a client that has said hello over a faulty line. */
  async function connect(seed: number, rate: number, weaken: (line: ByteStream) => ByteStream = (line) => line) {
    const board = startNative(executable, { flash: join(folder, `flash-${boards.length}`) });
    boards.push(board);
    const stream = streamOf('native', board.port, board.stop);
    const clean = new BoardClient(stream);
    const { slot } = await flashModel({ client: clean, hello: await clean.hello(), port: 'native' }, model);
    const faults = { seed, rate, delayMs: 3 * WAIT_MS };
    const line = faultyLine(stream, faults);
    const client = new BoardClient(weaken(line), patience);
    while (client.link.nonce === 0) await client.hello().catch((error) => assert.ok(error instanceof NoAnswerError));
    return { client, line, slot, faults };
  }

  async function run(seed: number, rate: number, messages: number): Promise<Outcome> {
    const { client, line, slot, faults } = await connect(seed, rate);
    const outcome = await talk(client, slot, messages, seed);
    outcome.faults = line.injected();
    // the line has no faults any more, and bytes still on their way do no harm
    faults.rate = 0;
    const afterwards = await talk(client, slot, 20, seed);
    assert.deepEqual({ ...afterwards, delivered: 0 }, { delivered: 0, unanswered: 0, wrong: 0, faults: 0 });
    return outcome;
  }

  test('with up to one fault per frame, none of 10,000 messages gets a wrong answer and nearly all are delivered', async () => {
    const lines = [
      ...Array.from({ length: 6 }, (_, k) => ({ rate: 0.1, messages: 1400, seed: k })),
      ...Array.from({ length: 4 }, (_, k) => ({ rate: 0.3, messages: 500, seed: 10 + k })),
      ...Array.from({ length: 6 }, (_, k) => ({ rate: 1, messages: 60, seed: 20 + k })),
    ];
    const outcomes = await Promise.all(lines.map(({ seed, rate, messages }) => run(seed, rate, messages)));
    const total = (key: keyof Outcome): number => outcomes.reduce((sum, outcome) => sum + outcome[key], 0);
    assert.equal(total('wrong'), 0);
    assert.ok(total('delivered') >= 10_000, `${total('delivered')} delivered`);
    assert.ok(total('faults') > 5000, `${total('faults')} faults`);
    assert.ok(total('unanswered') < 20, `${total('unanswered')} without an answer`);
  });

  test('the same messages get wrong answers over a link that ignores ids', async () => {
    const { client, slot } = await connect(1, 0.3, ignoringIds);
    const { wrong } = await talk(client, slot, 600, 1).catch(() => ({ wrong: 1 }));
    assert.ok(wrong > 0);
  });
});

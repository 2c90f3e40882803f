import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { firmwarePath, WARNINGS } from '../../host/boards/index.js';
import { cobsDecode, cobsEncode, cobsLength } from '../../host/core/protocol/cobs.js';
import { encodeFrame, FrameDecoder } from '../../host/core/protocol/frame.js';
import { PACKET_BODY, PACKET_HEADER } from '../../host/core/protocol/generated.js';
import { decodePacket, encodePacket, type Packet } from '../../host/core/protocol/packet.js';
import { packagePath } from '../../host/system/package-files.js';
import { nativeSkip } from '../native/index.js';

/** Bytes with many zeros and some long runs without a zero. */
const bytes = (maxLength: number) =>
  fc.oneof(
    fc.uint8Array({ maxLength }),
    fc.array(fc.constantFrom(0, 0, 1, 255), { maxLength }).map((list) => Uint8Array.from(list)),
    fc
      .tuple(fc.constantFrom(253, 254, 255, 508, 509, 762), fc.integer({ min: 0, max: 255 }))
      .map(([length, fill]) => new Uint8Array(Math.min(length, maxLength)).fill(fill)),
  );

const packet: fc.Arbitrary<Packet> = fc.record(
  {
    kind: fc.integer({ min: 0, max: 255 }),
    status: fc.integer({ min: 0, max: 255 }),
    id: fc.integer({ min: 0, max: 0xffff }),
    nonce: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    body: bytes(PACKET_BODY),
  },
  { noNullPrototype: true },
);

const frameOf = (content: Packet): Uint8Array => encodeFrame(encodePacket(content));

describe('COBS', () => {
  // the examples of Wikipedia's article, "Consistent Overhead Byte Stuffing"
  const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, k) => from + k);
  const examples: readonly [number[], number[]][] = [
    [[0], [1, 1]],
    [
      [0, 0],
      [1, 1, 1],
    ],
    [
      [0, 0x11, 0],
      [1, 2, 0x11, 1],
    ],
    [
      [0x11, 0x22, 0, 0x33],
      [3, 0x11, 0x22, 2, 0x33],
    ],
    [
      [0x11, 0, 0, 0],
      [2, 0x11, 1, 1, 1],
    ],
    [range(1, 254), [255, ...range(1, 254)]],
    [
      [0, ...range(1, 254)],
      [1, 255, ...range(1, 254)],
    ],
    [range(1, 255), [255, ...range(1, 254), 2, 255]],
    [
      [...range(2, 255), 0],
      [255, ...range(2, 255), 1, 1],
    ],
    [
      [...range(3, 255), 0, 1],
      [254, ...range(3, 255), 2, 1],
    ],
  ];

  test('encodes its published examples', () => {
    for (const [content, stuffed] of examples) {
      assert.deepEqual([...cobsEncode(Uint8Array.from(content))], stuffed);
      assert.deepEqual([...cobsDecode(Uint8Array.from(stuffed))!], content);
    }
  });

  test('encoded bytes have no zero, are no longer than stated, and decode to the original', () => {
    fc.assert(
      fc.property(bytes(1200), (content) => {
        const stuffed = cobsEncode(content);
        assert.ok(!stuffed.includes(0) && stuffed.length <= cobsLength(content.length));
        assert.deepEqual(cobsDecode(stuffed), content);
      }),
    );
  });

  test('refuses bytes that no encoder writes', () => {
    for (const bad of [[], [0], [2], [5, 1, 2], [3, 1, 0]]) assert.equal(cobsDecode(Uint8Array.from(bad)), null);
  });
});

describe('frames', () => {
  test('finds packets in a stream that is cut anywhere, with noise between them', () => {
    const noise = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(noise, packet), { maxLength: 5 }),
        fc.integer({ min: 1, max: 99 }),
        (parts, step) => {
          const stream = Buffer.concat(parts.flatMap(([before, content]) => [before, frameOf(content)]));
          const decoder = new FrameDecoder();
          const found: Packet[] = [];
          for (let at = 0; at < stream.length; at += step) {
            found.push(...decoder.push(stream.subarray(at, at + step)).map(decodePacket));
          }
          assert.deepEqual(
            found,
            parts.map(([, content]) => content),
          );
        },
      ),
    );
  });

  test('drops a frame with one changed byte', () => {
    fc.assert(
      fc.property(packet, fc.nat(), fc.integer({ min: 1, max: 255 }), (content, where, flip) => {
        const frame = frameOf(content);
        frame[1 + (where % (frame.length - 2))] ^= flip;
        assert.deepEqual(new FrameDecoder().push(frame), []);
      }),
    );
  });

  test('drops a run of bytes that is too long, but not the frame after it', () => {
    const content: Packet = { kind: 1, status: 0, id: 2, nonce: 3, body: new Uint8Array(PACKET_BODY).fill(7) };
    const stream = Buffer.concat([new Uint8Array(5000).fill(1), frameOf(content)]);
    assert.deepEqual(new FrameDecoder().push(stream).map(decodePacket), [content]);
    // zeros, because their encoded form is short
    const found = (length: number): number => {
      const bytes = new Uint8Array(length);
      return new FrameDecoder().push(encodeFrame(bytes)).length;
    };
    assert.deepEqual(
      [PACKET_HEADER - 1, PACKET_HEADER, PACKET_HEADER + PACKET_BODY, PACKET_HEADER + PACKET_BODY + 1].map(found),
      [0, 1, 1, 0],
    );
    assert.throws(() => encodePacket({ ...content, body: new Uint8Array(PACKET_BODY + 1) }), RangeError);
  });
});

describe('frames in TypeScript and in C', { skip: nativeSkip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-frames-'));
  const echo = join(folder, 'echo');
  before(() => {
    const sources = ['cobs', 'crc32', 'frame'].map((name) => firmwarePath(`protocol/${name}.c`));
    const options = [...WARNINGS, '-fsanitize=address,undefined', '-I', firmwarePath('')];
    execFileSync('gcc', [...options, packagePath('test/board/codec-echo.c'), ...sources, '-o', echo]);
  });
  after(() => rmSync(folder, { recursive: true }));

  const throughC = (stream: Uint8Array): Uint8Array => {
    const { status, stdout, stderr } = spawnSync(echo, { input: stream, maxBuffer: 2 ** 26 });
    assert.equal(status, 0, String(stderr));
    return stdout;
  };

  const hex = (packets: readonly Uint8Array[]): string[] => packets.map((bytes) => Buffer.from(bytes).toString('hex'));

  test('each decodes what the other encodes', () => {
    const packets = fc.sample(packet, { numRuns: 2000, seed: 5 });
    const back = throughC(Buffer.concat(packets.map(frameOf)));
    assert.deepEqual(hex(new FrameDecoder().push(back)), hex(packets.map(encodePacket)));
  });

  test('both find the same packets between damage and noise', () => {
    const streams = fc.sample(fc.tuple(packet, fc.nat(), fc.uint8Array({ maxLength: 2 })), { numRuns: 4000, seed: 6 });
    const stream = Buffer.concat(
      streams.map(([content, where, put]) => {
        const frame = frameOf(content);
        // in half of the frames, up to two bytes replace one
        if (where % 2 === 0) return frame;
        const at = where % frame.length;
        return Buffer.concat([frame.subarray(0, at), put, frame.subarray(at + 1)]);
      }),
    );
    const decoder = new FrameDecoder();
    const found = decoder.push(stream);
    assert.ok(found.length > 2000 && found.every(({ length }) => length >= PACKET_HEADER));
    assert.deepEqual(hex(new FrameDecoder().push(throughC(stream))), hex(found));
  });
});

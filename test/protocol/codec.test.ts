import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { Random } from '../../host/core/random.js';
import { packagePath } from '../../host/system/package-files.js';
import { buildNative, nativeSkip } from '../native/index.js';

const hex = (bytes: Iterable<number>): string => Buffer.from([...bytes]).toString('hex');
const range = (from: number, to: number): number[] => Array.from({ length: to - from + 1 }, (_, k) => from + k);

describe('the codec of the firmware', { skip: nativeSkip }, () => {
  let executable: string;
  const answers = (lines: readonly string[]): string[] =>
    execFileSync(executable, { input: `${lines.join('\n')}\n`, encoding: 'utf8' })
      .trimEnd()
      .split('\n');
  before(async () => {
    const program = ['test/protocol/codec.c', 'test/native/fuzz/memory-board.c'].map(packagePath);
    executable = await buildNative({ sanitize: true, program });
  });

  test("computes the check value of CRC-32, and zlib's value of anything else", () => {
    const random = new Random(1, 2);
    const inputs = range(0, 300).map((length) => Uint8Array.from({ length }, () => random.below(256)));
    const lines = [Buffer.from('123456789'), ...inputs].map((bytes) => `crc ${hex(bytes)}`);
    const wanted = ['cbf43926', ...inputs.map((bytes) => crc32(bytes).toString(16).padStart(8, '0'))];
    assert.deepEqual(answers(lines), wanted);
  });

  test('encodes bytes as in the paper of Cheshire and Baker', () => {
    // the first is figure 3 of their paper; the others test the longest block
    const examples: [number[], number[]][] = [
      [
        [0x45, 0, 0, 0x2c, 0x4c, 0x79, 0, 0, 0x40, 0x06, 0x4f, 0x37],
        [2, 0x45, 1, 4, 0x2c, 0x4c, 0x79, 1, 5, 0x40, 0x06, 0x4f, 0x37],
      ],
      [[], [1]],
      [[0], [1, 1]],
      [range(1, 253), [254, ...range(1, 253)]],
      [range(1, 254), [255, ...range(1, 254)]],
      [range(1, 255), [255, ...range(1, 254), 2, 255]],
      [
        [...range(1, 254), 0],
        [255, ...range(1, 254), 1, 1],
      ],
      [
        [0, ...range(1, 254), 0, 7],
        [1, 255, ...range(1, 254), 1, 2, 7],
      ],
    ];
    assert.deepEqual(
      answers(examples.map(([content]) => `cobs ${hex(content)}`)),
      examples.map(([, stuffed]) => hex(stuffed)),
    );
  });
});

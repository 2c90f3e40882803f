import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { wordExtent } from '../../host/core/audio/index.js';
import { Random } from '../../host/core/random.js';

/** Returns one second with a tone from `from` to `to`, in noise of a given level. */
function spoken(from: number, to: number, noise: number): Int16Array {
  const random = new Random(1);
  return Int16Array.from({ length: 16_000 }, (_, k) => {
    const tone = k >= from && k < to ? 8000 * Math.sin(k * 0.3) : 0;
    return Math.round(tone + noise * random.normal());
  });
}

describe('the extent of a word', () => {
  test('is the loud part of the recording, within 10 ms', () => {
    for (const noise of [0, 20, 1000]) {
      const [from, to] = wordExtent(spoken(4000, 9000, noise));
      assert.ok(Math.abs(from - 4000) <= 160 && Math.abs(to - 9000) <= 160, `noise ${noise}: ${from} to ${to}`);
    }
  });

  test('leaves out the zeros of a short recording, and parts that are 20 dB below the loudest', () => {
    const short = spoken(0, 7040, 0).map((sample, k) => (k < 3200 ? Math.round(sample / 12) : sample));
    assert.deepEqual(wordExtent(short), [3200, 7040]);
  });

  test('is the whole recording if no part is louder', () => {
    assert.deepEqual(wordExtent(new Int16Array(16_000)), [0, 16_000]);
    assert.deepEqual(wordExtent(spoken(0, 0, 1000)), [0, 16_000]);
  });
});

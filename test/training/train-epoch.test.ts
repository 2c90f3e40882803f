import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shuffledClips } from '../../host/core/training/index.js';

describe('the order of the clips', () => {
  test('contains every clip once', () => {
    const order = shuffledClips(100, 1, 0);
    assert.deepEqual(
      [...order].sort((a, b) => a - b),
      Array.from({ length: 100 }, (_, clip) => clip),
    );
  });

  test('differs between epochs and seeds, and is the same for the same epoch and seed', () => {
    assert.deepEqual(shuffledClips(100, 1, 3), shuffledClips(100, 1, 3));
    assert.notDeepEqual(shuffledClips(100, 1, 3), shuffledClips(100, 1, 4));
    assert.notDeepEqual(shuffledClips(100, 1, 3), shuffledClips(100, 2, 3));
  });
});

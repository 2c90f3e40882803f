import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { endure } from '../../bench/live-endurance.js';
import { MODEL, wordsInARow } from './words.js';

test('eight minutes of a looped recording lose no frame, drift by no sample and take no more memory at the end', async () => {
  const { samples } = await wordsInARow();
  const { frames, framesExpected, driftSamples, differingRounds, rssMiB } = endure(
    new Uint8Array(readFileSync(MODEL)),
    samples,
    480,
  );
  assert.deepEqual([frames, driftSamples, differingRounds], [framesExpected, 0, 0]);
  assert.equal(rssMiB.length, 10);
  // without --expose-gc garbage comes and goes; a leak of a byte a sample would be 7 MiB
  const [early, late] = [Math.max(...rssMiB.slice(2, 5)), Math.max(...rssMiB.slice(7))];
  assert.ok(late < early * 1.05, `${rssMiB.map((mib) => mib.toFixed(1)).join(' ')} MiB`);
});

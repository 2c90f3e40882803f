import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { endure, endureCommand } from '../../bench/live-endurance.js';
import { MODEL, wordsInARow } from './words.js';

// collect garbage before reading the memory: otherwise the result depends on the collector
setFlagsFromString('--expose-gc');
globalThis.gc = runInNewContext('gc') as NodeJS.GCFunction;

test('eight minutes of a looped recording lose no frame, do not drift and do not increase the memory', async () => {
  const { samples } = await wordsInARow();
  const { frames, framesExpected, driftSamples, differingRounds, rssMiB } = endure(
    new Uint8Array(readFileSync(MODEL)),
    samples,
    480,
  );
  assert.deepEqual([frames, driftSamples, differingRounds], [framesExpected, 0, 0]);
  assert.equal(rssMiB.length, 10);
  // a leak of one byte per sample would be 7 MiB
  const [early, late] = [Math.max(...rssMiB.slice(2, 5)), Math.max(...rssMiB.slice(7))];
  assert.ok(late < early * 1.05, `${rssMiB.map((mib) => mib.toFixed(1)).join(' ')} MiB`);
});

test('spikeword listen processes every sample of eight minutes without drift or increasing memory', async () => {
  const { samples } = await wordsInARow();
  const { heardSeconds, detections, driftSamples, differingRounds, rssMiB } = await endureCommand(MODEL, samples, 480);
  assert.deepEqual([heardSeconds, driftSamples, differingRounds], [480, 0, 0]);
  assert.ok(detections > 100, `${detections} detections`);
  assert.equal(rssMiB.length, 10);
  // the first tenths still contain memory from compiling at the start
  const [early, late] = [Math.max(...rssMiB.slice(2, 5)), Math.max(...rssMiB.slice(7))];
  assert.ok(late < early * 1.05, `${rssMiB.map((mib) => mib.toFixed(1)).join(' ')} MiB`);
});

// node dist/test/board/alone-long.js BOARD [MINUTES] [MODEL]: a board in QEMU listens alone for ten minutes, or as long
// as asked. Its detections must be those of the host. This takes about as long as the sound.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { findBoard } from '../../host/boards/index.js';
import { detectedByHost, detectingModel, speech, wholePieces, withListeningEmulator } from './alone.js';

const [name = 'mps2-an386', minutes = '10', path] = process.argv.slice(2);
const model = path === undefined ? detectingModel() : readFileSync(path);
const samples = await speech(60 * Number(minutes));
const expected = detectedByHost(model, samples);
const began = performance.now();
await withListeningEmulator(findBoard(name), model, samples, async ({ client, detections, goneBy }) => {
  const minute = 60 * 16_000;
  for (let at = minute; at < samples.length; at += minute) {
    await goneBy(at);
    const seconds = ((performance.now() - began) / 1000).toFixed(0);
    console.log(`${at / minute} min of sound in ${seconds} s, ${detections.length} of ${expected.length} detections`);
  }
  const hearing = await goneBy(wholePieces(samples.length));
  const { stackHighWater, inferences } = await client.statistics();
  assert.deepEqual(detections, expected);
  console.log(
    `${name}: the same ${expected.length} detections; ${JSON.stringify({ ...hearing, stackHighWater, inferences })}`,
  );
});

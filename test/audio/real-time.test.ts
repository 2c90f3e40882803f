import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { inRealTime, LiveSource, recordedSource, type SampleSource } from '../../host/audio/index.js';

/** A little more than a second, which is not a whole number of pieces. */
const samples = Int16Array.from({ length: 17_001 }, (_, k) => (k * 7919) % 30_011);

async function heard(source: SampleSource): Promise<number[]> {
  const all: number[] = [];
  for await (const piece of source) all.push(...piece);
  return all;
}

test('a recording in real time gives the same samples, none before its time', async () => {
  const begun = performance.now();
  const all: number[] = [];
  for await (const piece of inRealTime(recordedSource(samples, 'words'))) {
    all.push(...piece);
    // A timer of Node may be a millisecond early.
    assert.ok(performance.now() - begun >= all.length / 16 - 2);
  }
  assert.deepEqual(all, [...samples]);
});

test('a live source gives the same samples, and throws the error of its source', async () => {
  assert.deepEqual(await heard(new LiveSource(recordedSource(samples, 'words'))), [...samples]);
  const broken: SampleSource = {
    name: 'broken',
    async *[Symbol.asyncIterator]() {
      yield samples;
      throw new Error('torn off');
    },
    close: () => {},
  };
  await assert.rejects(heard(new LiveSource(broken)), /torn off/);
});

test('a live source takes samples while its listener is busy', async () => {
  let given = 0;
  const counted: SampleSource = {
    name: 'counted',
    async *[Symbol.asyncIterator]() {
      for await (const piece of recordedSource(samples, 'words')) {
        given += piece.length;
        yield piece;
      }
    },
    close: () => {},
  };
  const pieces = new LiveSource(counted)[Symbol.asyncIterator]();
  await pieces.next();
  await wait(50);
  assert.equal(given, samples.length);
  await pieces.return(undefined);
});

test('a slow listener is behind, and a listener to a recording that arrives at once is not', async () => {
  const behind = async (source: SampleSource): Promise<number> => {
    const live = new LiveSource(source);
    let most = 0;
    for await (const _ of live) {
      await wait(40);
      most = Math.max(most, live.behindMs);
    }
    return most;
  };
  const short: SampleSource = {
    name: 'pieces of 10 ms',
    async *[Symbol.asyncIterator]() {
      for (let k = 0; k < 20; k++) yield samples.subarray(160 * k, 160 * (k + 1));
    },
    close: () => {},
  };
  // 40 ms of work for each 10 ms of sound: 600 ms behind at the end.
  assert.ok((await behind(short)) >= 500);
  // 40 ms of work for each 100 ms: at most the work on one piece behind, plus delays by other work of the machine.
  assert.ok((await behind(recordedSource(samples, 'words'))) < 300);
});

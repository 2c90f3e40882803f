import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { Detection } from '../../host/core/detection/index.js';
import { type KeptEvent, SoundKeeper } from '../../host/detection/index.js';

/** 100 ms: the time between two inferences. */
const HOP = 1600;
const LABELS = ['yes', 'no', '_unknown_'];
/** Thresholds of 0.8 and 0.6, and a suppression of 500 ms. */
const POINT = {
  ...{ hop: 5, average: 1, minimumCount: 1, suppression: 5, factor: 1 },
  ...{ thresholds: [0.8 * 65_535, 0.6 * 65_535, 0], curve: [] },
};

/** The score of yes at each inference; a second one is that of no, and ! means that yes is detected. */
type Script = readonly (number | '!' | readonly [yes: number, no: number])[];

interface Kept extends KeptEvent {
  readonly second: Int16Array;
}

/** A sound whose samples say where they are. */
const sampleAt = (n: number): number => (n % 60_000) - 30_000;

/** Returns what is kept of a stream with these scores, whose samples arrive in pieces of `pieceSamples`. */
async function keptOf(script: Script, { nearMiss = 0.15, pieceSamples = 700, ends = true } = {}): Promise<Kept[]> {
  const kept: Kept[] = [];
  const keeper = new SoundKeeper({
    ...{ labels: LABELS, point: POINT, nearMiss },
    keep: (event, second) => kept.push({ ...event, second }),
  });
  let pushed = 0;
  const listener = keeper.around({
    push: async (samples) => {
      const found: Detection[] = [];
      const from = Math.floor(pushed / HOP);
      pushed += samples.length;
      for (let k = from; k < Math.min(script.length, Math.floor(pushed / HOP)); k++) {
        const step = script[k];
        const [yes, no] = step === '!' ? [0.9, 0] : typeof step === 'number' ? [step, 0] : step;
        const sample = (k + 1) * HOP;
        keeper.inferred(sample, Float64Array.of(yes, no, 0));
        if (step === '!') found.push({ word: 'yes', label: 0, score: yes, sample, timeMs: sample / 16 });
      }
      return found;
    },
  });
  const total = script.length * HOP;
  for (let at = 0; at < total; at += pieceSamples) {
    const length = Math.min(pieceSamples, total - at);
    await listener.push(Int16Array.from({ length }, (_, k) => sampleAt(at + k)));
  }
  if (ends) keeper.end();
  return kept;
}

const eventsOf = async (script: Script, options = {}): Promise<unknown[]> =>
  (await keptOf(script, options)).map(({ kind, word, score, sample }) => [kind, word, score, sample / HOP]);
const quiet = (inferences: number): number[] => new Array(inferences).fill(0);

describe('sounds that are kept', () => {
  test('are those of detections, with the second that ends with each', async () => {
    const kept = await keptOf([...quiet(20), '!', ...quiet(10)]);
    assert.equal(kept.length, 1);
    const { second, ...event } = kept[0];
    assert.deepEqual(event, { kind: 'detection', word: 'yes', score: 0.9, threshold: 0.8, sample: 21 * HOP });
    assert.deepEqual(
      second,
      Int16Array.from({ length: 16_000 }, (_, k) => sampleAt(21 * HOP - 16_000 + k)),
    );
  });

  test('begin with zeros if the stream has not lasted a second', async () => {
    const [{ second }] = await keptOf([...quiet(3), '!', 0]);
    assert.ok(second.subarray(0, 16_000 - 4 * HOP).every((sample) => sample === 0));
    assert.equal(second[16_000 - 4 * HOP], sampleAt(0));
  });

  test('include the peak of a score that comes near its threshold, once', async () => {
    const rise = [0.5, 0.66, 0.7, 0.74, 0.72, 0.7, 0.4];
    assert.deepEqual(await eventsOf([...quiet(12), ...rise, ...quiet(10)]), [['near-miss', 'yes', 0.74, 16]]);
    const [{ second, threshold }] = await keptOf([...quiet(12), ...rise, ...quiet(10)]);
    assert.equal(second[15_999], sampleAt(16 * HOP - 1));
    assert.equal(threshold, 0.8);
  });

  test('do not include a score that is farther from its threshold than asked for', async () => {
    assert.deepEqual(await eventsOf([0, 0.64, 0.64, ...quiet(9)]), []);
    assert.deepEqual(await eventsOf([0, 0.64, ...quiet(9)], { nearMiss: 0.2 }), [['near-miss', 'yes', 0.64, 2]]);
    assert.deepEqual(await eventsOf([0, 0.79, ...quiet(9)], { nearMiss: 0 }), []);
  });

  test('include a score above its threshold that was not detected', async () => {
    assert.deepEqual(await eventsOf([0, 0.85, ...quiet(9)]), [['near-miss', 'yes', 0.85, 2]]);
  });

  test('name the word that comes closest to its own threshold', async () => {
    const both: Script = [0, [0.7, 0.55], ...quiet(9)];
    assert.deepEqual(await eventsOf(both), [['near-miss', 'no', 0.55, 2]]);
  });

  test('do not include the way to a detection, nor what is left of the word after it', async () => {
    const word: Script = [0.7, 0.78, '!', 0.9, 0.79, 0.7, 0.66, 0.3];
    assert.deepEqual(await eventsOf([...quiet(5), ...word, ...quiet(10)]), [['detection', 'yes', 0.9, 8]]);
    const dip: Script = [0.7, 0.3, 0.3, '!', 0.2, 0.2, 0.75, 0.2];
    assert.deepEqual(await eventsOf([...quiet(5), ...dip, ...quiet(10)]), [['detection', 'yes', 0.9, 9]]);
  });

  test('include a near miss some time after a detection', async () => {
    assert.deepEqual(await eventsOf(['!', ...quiet(8), 0.7, ...quiet(9)]), [
      ['detection', 'yes', 0.9, 1],
      ['near-miss', 'yes', 0.7, 10],
    ]);
  });

  test('are one where two peaks are closer than the suppression of the detector, and two otherwise', async () => {
    const peaks = (apart: number): Script => [...quiet(3), 0.7, ...quiet(apart - 1), 0.75, ...quiet(9)];
    assert.deepEqual(await eventsOf(peaks(4)), [['near-miss', 'yes', 0.75, 8]]);
    assert.deepEqual(await eventsOf(peaks(7)), [
      ['near-miss', 'yes', 0.7, 4],
      ['near-miss', 'yes', 0.75, 11],
    ]);
  });

  test('are one for a sound that stays near a threshold, until the stream ends', async () => {
    const drone = Array.from({ length: 80 }, (_, k) => (k === 30 ? 0.76 : 0.7));
    assert.deepEqual(await eventsOf(drone), [['near-miss', 'yes', 0.76, 31]]);
    assert.deepEqual(await eventsOf(drone, { ends: false }), []);
  });

  test('do not depend on the pieces in which the samples arrive', async () => {
    const script: Script = [...quiet(12), 0.7, 0, '!', ...quiet(14), 0.72, 0.7, ...quiet(40), '!', 0];
    const expected = await keptOf(script);
    assert.equal(expected.length, 3);
    for (const pieceSamples of [37, HOP, 5000, 16_000, 200_000]) {
      assert.deepEqual(await keptOf(script, { pieceSamples }), expected, `pieces of ${pieceSamples}`);
    }
  });
});

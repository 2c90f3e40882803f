import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { COEFFICIENTS } from '../../host/core/features/index.js';
import { type CounterExamples, WindowMaker } from '../../host/core/wakeword/index.js';
import { wasmBytes } from '../../host/system/index.js';
import { smallCounterExamples } from './small-counter-examples.js';

const FRONT_END = await WebAssembly.compile(wasmBytes('frontend'));
const FRAMES = 60;
const SIZE = FRAMES * COEFFICIENTS;
/** A frame of this value alone is said to be of *lamp*. */
const MARK = 113;

/** Counter-examples in which the frames of *lamp* can be recognised. */
function marked(): CounterExamples {
  const examples = smallCounterExamples(100);
  const { words } = examples.stretches.training;
  words.features.fill(MARK, 102 * COEFFICIENTS, 106 * COEFFICIENTS);
  return examples;
}

/** A tone of half a second in a second of silence. */
function tone(hz: number): Int16Array {
  return Int16Array.from({ length: 16_000 }, (_, n) =>
    n < 4000 || n >= 12_000 ? 0 : Math.round(8000 * Math.sin((2 * Math.PI * hz * n) / 16_000)),
  );
}

function maker(
  words: readonly string[],
  others: readonly Int16Array[] = [],
  seed = 1,
  background: readonly Int16Array[] = [],
): WindowMaker {
  const parameters = { frames: FRAMES, mean: Array(COEFFICIENTS).fill(0), multiplier: Array(COEFFICIENTS).fill(900) };
  const clips = words.map((_, label) => ({ label, samples: tone(300 + 200 * label) }));
  const counterExamples = marked();
  return new WindowMaker({ clips, others, background, words, counterExamples, frontEnd: FRONT_END, parameters, seed });
}

describe('windows for a wake word', () => {
  test('depend on seed and draw alone', () => {
    const first = maker(['lamp']).make(60, 2);
    assert.deepEqual(maker(['lamp']).make(60, 2), first);
    assert.notDeepEqual(maker(['lamp']).make(60, 3).features, first.features);
    assert.notDeepEqual(maker(['lamp'], [], 2).make(60, 2).features, first.features);
  });

  test('have every word equally often, other words and noise', () => {
    const { labels } = maker(['lamp', 'door']).make(200, 1);
    const count = (label: number): number => labels.filter((other) => other === label).length;
    assert.equal(count(0), 35);
    assert.equal(count(1), 35);
    assert.equal(count(2) + count(3), 130);
    assert.ok(count(2) > count(3) && count(3) >= 20);
  });

  test('never have a counter-example in which the word is said', () => {
    const has = (words: string[]): boolean => {
      const { features } = maker(words).make(150, 1);
      const isMarked = (frame: number): boolean =>
        features.subarray(frame * COEFFICIENTS, (frame + 1) * COEFFICIENTS).every((value) => value === MARK);
      return Array.from({ length: features.length / COEFFICIENTS }, (_, frame) => frame).some(isMarked);
    };
    assert.equal(has(['lamp']), false);
    // the mark is there for other words, so this test can fail
    assert.equal(has(['door']), true);
  });

  test('are of other recordings of the same people, if there are any', () => {
    const without = maker(['lamp']).make(60, 1);
    const some = maker(['lamp'], [tone(900)]).make(60, 1);
    assert.notDeepEqual(some.features, without.features);
    assert.deepEqual(
      some.labels.filter((label) => label === 0).length,
      without.labels.filter((label) => label === 0).length,
    );
  });

  test('have the sound of the room alone, as silence, and behind words', () => {
    // a tone that nothing else has, so that its windows can be told from others
    const room = Int16Array.from({ length: 48_000 }, (_, n) =>
      Math.round(4000 * Math.sin((2 * Math.PI * 2900 * n) / 16_000)),
    );
    const without = maker(['lamp']).make(200, 1);
    const some = maker(['lamp'], [], 1, [room]).make(200, 1);
    const count = ({ labels }: typeof some, label: number): number => labels.filter((other) => other === label).length;
    assert.equal(count(some, 0), count(without, 0));
    assert.equal(count(some, 2), count(without, 2) + 12);
    const words = (of: typeof some): Int8Array => of.features.subarray(0, count(of, 0) * SIZE);
    assert.notDeepEqual(words(some), words(without));
  });

  test('of copies differ from each other', () => {
    const { count, features, labels } = maker(['lamp', 'door']).copies(5);
    assert.equal(count, 10);
    assert.deepEqual([...labels], [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    const copies = new Set(Array.from({ length: count }, (_, k) => features.subarray(k * SIZE, (k + 1) * SIZE).join()));
    assert.equal(copies.size, count);
  });
});

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { COEFFICIENTS, type FeatureParameters } from '../../host/core/features/index.js';
import { encodeTensors } from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import {
  COUNTER_KINDS,
  COUNTER_SPLITS,
  type CounterExamples,
  decodeCounterExamples,
  encodeCounterExamples,
  scaledFor,
} from '../../host/core/wakeword/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { smallCounterExamples } from './small-counter-examples.js';

const BUNDLED = packagePath('models/counter-examples.safetensors');

/** What the front end makes of a raw coefficient, by its definition. */
function quantised(raw: number, { mean, multiplier }: FeatureParameters, c: number): number {
  return Math.max(-128, Math.min(127, Math.floor(((raw - mean[c]) * multiplier[c] + 2 ** 15) / 2 ** 16)));
}

describe('counter-examples', () => {
  test('are the same after they were written and read', () => {
    const examples = smallCounterExamples();
    const bytes = encodeCounterExamples(examples);
    assert.deepEqual(decodeCounterExamples(bytes, 'a file'), examples);
    assert.deepEqual(encodeCounterExamples(decodeCounterExamples(bytes, 'a file')), bytes);
  });

  test('refuse a file of something else', () => {
    const other = encodeTensors(new Map([['a', { shape: [1], data: new Int8Array(1) }]]), {});
    assert.throws(
      () => decodeCounterExamples(other, 'other.safetensors'),
      (error: Error) =>
        error instanceof NetworkError && /other\.safetensors: has no counter-examples/.test(error.message),
    );
  });

  test('refuse a file that lacks a part, or lacks the words of one', () => {
    const { training, validation } = smallCounterExamples().stretches;
    const lacking = {
      ...smallCounterExamples(),
      stretches: { training, validation: { ...validation, words: { ...validation.words, words: [] } } },
    };
    assert.throws(() => decodeCounterExamples(encodeCounterExamples(lacking), 'a'), /does not say which words/);
    const bytes = encodeCounterExamples(smallCounterExamples());
    const text = Buffer.from(bytes)
      .toString('latin1')
      .replace('"validation.speech":{"dtype"', '"validation.speecx":{"dtype"');
    assert.throws(() => decodeCounterExamples(Buffer.from(text, 'latin1'), 'a'), /validation\.speech is missing/);
  });

  test('are scaled for other feature parameters as the front end would, give or take their own rounding', () => {
    const from = { frames: 12, mean: Array(COEFFICIENTS).fill(1000), multiplier: Array(COEFFICIENTS).fill(2000) };
    const to = { frames: 7, mean: Array(COEFFICIENTS).fill(-300), multiplier: Array(COEFFICIENTS).fill(3100) };
    const random = new Random(1);
    const small = smallCounterExamples();
    const raw = Array.from(small.stretches.training.words.features, () => Math.round(random.normal() * 1500));
    const features = Int8Array.from(raw, (value, k) => quantised(value, from, k % COEFFICIENTS));
    const { training, validation } = small.stretches;
    const examples: CounterExamples = {
      ...small,
      parameters: from,
      stretches: { training: { ...training, words: { ...training.words, features } }, validation },
    };
    const scaled = scaledFor(examples, to).stretches.training.words.features;
    // a unit of the old scale is 1.55 of the new one
    for (const [k, value] of raw.entries()) {
      const exact = quantised(value, to, k % COEFFICIENTS);
      assert.ok(
        Math.abs(scaled[k] - exact) <= 2 || Math.abs(features[k]) >= 127,
        `${value}: ${scaled[k]}, not ${exact}`,
      );
    }
    assert.equal(scaledFor(examples, from), examples);
  });
});

describe('the bundled counter-examples', () => {
  const examples = decodeCounterExamples(readFileSync(BUNDLED), BUNDLED);

  test('take at most 3 MB', () => assert.ok(readFileSync(BUNDLED).length <= 3_000_000));

  test('have words, speech and noise for training and validation, none of it digital silence', () => {
    for (const split of COUNTER_SPLITS) {
      for (const kind of COUNTER_KINDS) {
        const { count, features } = examples.stretches[split][kind];
        assert.ok(count >= 20, `${split} ${kind}`);
        const length = features.length / count;
        const levels = Array.from(
          { length: count },
          (_, k) => new Set(features.subarray(k * length, (k + 1) * length)).size,
        );
        assert.ok(Math.min(...levels) > 20, `${split} ${kind}: a stretch with ${Math.min(...levels)} different values`);
      }
    }
  });

  test('say which words of Speech Commands are where', () => {
    const { words, count } = examples.stretches.training.words;
    const placed = words.flat();
    assert.ok(placed.length > 5 * count);
    const named = new Set(placed.map(({ word }) => word));
    assert.ok(named.has('marvin') && named.has('yes'), [...named].join(' '));
    for (const { from, to } of placed) assert.ok(from >= 0 && to > from && from < examples.parameters.frames);
  });

  test('name whose recordings they are made from', () => {
    assert.ok(examples.credits.some((credit) => /Speech Commands.*CC BY 4\.0/.test(credit)));
  });
});

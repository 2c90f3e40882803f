import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { type Detection, Detector } from '../../host/core/detection/index.js';
import { DetectionError } from '../../host/core/error.js';
import type { OperatingPoint } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';

const LABELS = ['yes', 'no', '_unknown_', '_silence_'];
const HOP_MS = 100;
const HOP_SAMPLES = 1600;

const point = (changes: Partial<OperatingPoint> = {}): OperatingPoint => ({
  hopMs: HOP_MS,
  averageMs: 300,
  threshold: 0.6,
  minimumCount: 1,
  suppressionMs: 500,
  ...changes,
});

/** One inference per letter: y and n are certain, Y and N have 0.5, ? is unknown, . is silence. */
const SCORES: Readonly<Record<string, readonly number[]>> = {
  y: [1, 0, 0, 0],
  n: [0, 1, 0, 0],
  Y: [0.5, 0.2, 0.2, 0.1],
  N: [0.2, 0.5, 0.2, 0.1],
  '?': [0, 0, 1, 0],
  '.': [0, 0, 0, 1],
};

/** Returns a detector's answers to a line of letters, with the word's letter at each inference that detected it. */
function heard(letters: string, settings: OperatingPoint): string {
  const detector = new Detector(LABELS, settings);
  return [...letters]
    .map((letter, k) => detector.push(SCORES[letter], k * HOP_SAMPLES)?.word[0] ?? ' ')
    .join('')
    .trimEnd();
}

describe('a detector', () => {
  test('detects a word when its average reaches the threshold', () => {
    // averages of yes: 0, 0, 0, 1/3, 2/3
    assert.equal(heard('...yyy...', point()), '    y');
    // a third is above this threshold, but silence has two thirds
    assert.equal(heard('...yyy...', point({ threshold: 0.3 })), '    y');
    assert.equal(heard('...yyy...', point({ threshold: 1 })), '     y');
    assert.equal(heard('...yy....', point({ threshold: 1 })), '');
  });

  test('averages fewer inferences at the beginning of a stream', () => {
    assert.equal(heard('y', point()), 'y');
    assert.equal(heard('.y', point()), '');
  });

  test('uses only the last inference if the average is shorter than the hop', () => {
    assert.equal(heard('..y..', point({ averageMs: 0 })), '  y');
  });

  test('detects a word whose average is exactly the threshold', () => {
    assert.equal(heard('YYY', point({ threshold: 0.5 })), 'Y'.toLowerCase());
    assert.equal(heard('YYY', point({ threshold: 0.500001 })), '');
  });

  test('waits until enough inferences named the word', () => {
    const settings = { threshold: 0.3, averageMs: 500 };
    // three of the last five are the first majority
    assert.equal(heard('...yyyy...', point({ ...settings, minimumCount: 2 })), '     y');
    assert.equal(heard('...yyyy...', point({ ...settings, minimumCount: 4 })), '      y');
    assert.equal(heard('...yyy....', point({ ...settings, minimumCount: 4 })), '');
  });

  test('detects a continuous sound only once', () => {
    assert.equal(heard(`..${'y'.repeat(30)}..`, point()), '   y');
  });

  test('detects a word again after it was gone', () => {
    assert.equal(heard('..yyy....yyy', point()), '   y      y');
  });

  test('detects no word during the suppression', () => {
    // the 500 ms after the detection at 3 end at 8
    assert.equal(heard('..yynnnnnnn', point({ averageMs: 0 })), '  y    n');
    assert.equal(heard('..y.y.y.y.y', point({ averageMs: 0 })), '  y     y');
    assert.equal(heard('..y.y.y.y.y', point({ averageMs: 0, suppressionMs: 0 })), '  y y y y y');
  });

  test('never detects a class that is not a word', () => {
    assert.equal(heard('....????....', point({ threshold: 0.1 })), '');
  });

  test('detects a word only if no other class is more probable', () => {
    assert.equal(heard('??Y??Y??', point({ threshold: 0.1 })), '');
  });

  test('reports the time, the score and the label', () => {
    const detector = new Detector(LABELS, point());
    assert.equal(detector.push(SCORES['.'], 16_192), null);
    detector.push(SCORES.n, 17_792);
    assert.deepEqual(detector.push(SCORES.n, 19_392), {
      word: 'no',
      label: 1,
      score: 2 / 3,
      sample: 19_392,
      timeMs: 1212,
    } satisfies Detection);
  });

  test('starts again after a reset', () => {
    const detector = new Detector(LABELS, point());
    detector.push(SCORES.y, 0);
    assert.equal(detector.push(SCORES.y, HOP_SAMPLES), null);
    detector.reset();
    assert.equal(detector.push(SCORES.y, 0)?.word, 'yes');
  });

  for (const [name, bad, message] of [
    ['a threshold above 1', { threshold: 1.5 }, /a threshold of 1\.5, expected more than 0 and at most 1/],
    ['no number', { threshold: Number.NaN }, /a threshold of NaN/],
    ['a hop between two frames', { hopMs: 30 }, /a hop of 30 ms, expected a multiple of 20/],
    ['an average without end', { averageMs: 1e9 }, /an average over 1000000000 ms/],
    ['more counts than inferences', { minimumCount: 4 }, /a minimum count of 4, expected 1 to 3/],
    ['a negative suppression', { suppressionMs: -1 }, /a suppression of -1 ms/],
  ] as const) {
    test(`refuses ${name}, with its value`, () => {
      assert.throws(
        () => new Detector(LABELS, point(bad)),
        (error) => error instanceof DetectionError && message.test(error.message),
      );
    });
  }
});

/** The rules again, computed from the whole history, with the list of detections as the only state. */
function slowly(history: readonly (readonly number[])[], settings: OperatingPoint): { step: number; label: number }[] {
  const window = Math.max(1, Math.floor(settings.averageMs / settings.hopMs));
  const found: { step: number; label: number }[] = [];
  const averageAt = (step: number, label: number): number => {
    const part = history.slice(Math.max(0, step - window + 1), step + 1);
    return part.reduce((sum, row) => sum + row[label], 0) / part.length;
  };
  for (const step of history.keys()) {
    const averages = LABELS.map((_, label) => averageAt(step, label));
    const label = averages.indexOf(Math.max(...averages));
    if (label > 1 || averages[label] < settings.threshold) continue;
    const part = history.slice(Math.max(0, step - window + 1), step + 1);
    if (part.filter((row) => row.indexOf(Math.max(...row)) === label).length < settings.minimumCount) continue;
    const last = found.at(-1);
    if (last !== undefined && (step - last.step) * settings.hopMs < settings.suppressionMs) continue;
    const before = found.findLast((detection) => detection.label === label);
    const steps = before === undefined ? [] : [...history.keys()].slice(before.step + 1, step);
    if (before !== undefined && steps.every((k) => averageAt(k, label) >= settings.threshold)) continue;
    found.push({ step, label });
  }
  return found;
}

test('on 60 random streams, a detector agrees with the rules applied to the whole history', () => {
  let detections = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(0xde7, seed);
    const settings = point({
      averageMs: random.below(7) * 100,
      threshold: 0.2 + 0.6 * random.uniform(),
      minimumCount: 1 + random.below(2),
      suppressionMs: random.below(10) * 100,
    });
    if (settings.averageMs < 200) Object.assign(settings, { minimumCount: 1 });
    let mood = 3;
    const history = Array.from({ length: 300 }, () => {
      if (random.below(8) === 0) mood = random.below(4);
      const row = LABELS.map((_, label) => random.uniform() * (label === mood ? 4 : 1));
      const sum = row.reduce((total, value) => total + value, 0);
      return row.map((value) => value / sum);
    });
    const detector = new Detector(LABELS, settings);
    const found = history.flatMap((row, step) => {
      const detection = detector.push(row, step * HOP_SAMPLES);
      return detection === null ? [] : [{ step, label: detection.label }];
    });
    assert.deepEqual(found, slowly(history, settings), `seed ${seed}`);
    detections += found.length;
  }
  assert.ok(detections > 300, `${detections} detections are too few to compare`);
});

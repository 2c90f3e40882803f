import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { detectionAt, operatingPointOf, thresholdsFor } from '../../host/core/detection/index.js';
import type { Kernel } from '../../host/core/kernel/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { factorOf, type OperatingPoint, thresholdOf } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { openKernel } from '../../host/model/index.js';
import { judgeDetections, judgeSoftmax } from '../judge/detector.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const LABELS = ['yes', 'no', '_unknown_', '_silence_'];
const network = { ...randomQuantizedNetwork(1, { classes: LABELS.length }), labels: LABELS };
const model = encodeModel(network);
/** The float value of a unit of a score in these tests. */
const SCALE = 1e-5;

interface Changes extends Partial<OperatingPoint> {
  /** Of both words. */
  readonly threshold?: number;
}

const point = ({ threshold = 0.6, ...changes }: Changes = {}): OperatingPoint => ({
  hop: 5,
  average: 3,
  minimumCount: 1,
  suppression: 5,
  factor: factorOf(SCALE),
  thresholds: [thresholdOf(threshold), thresholdOf(threshold), 0, 0],
  curve: [],
  ...changes,
});

function detecting(settings: OperatingPoint): Kernel {
  const kernel = openKernel(model);
  kernel.detectWith(settings);
  kernel.beginStream();
  return kernel;
}

/** Scores whose softmax has these probabilities. */
const scoresOf = (probabilities: readonly number[]): number[] =>
  probabilities.map((p) => (p === 0 ? -4_000_000 : Math.round(Math.log(p) / SCALE)));

/** One inference per letter: y and n are certain, Y and N have 0.5, ? is unknown, . is silence. */
const SCORES: Readonly<Record<string, readonly number[]>> = {
  y: scoresOf([1, 0, 0, 0]),
  n: scoresOf([0, 1, 0, 0]),
  Y: scoresOf([0.5, 0.2, 0.2, 0.1]),
  N: scoresOf([0.2, 0.5, 0.2, 0.1]),
  '?': scoresOf([0, 0, 1, 0]),
  '.': scoresOf([0, 0, 0, 1]),
};

/** Returns a detector's answers to a line of letters, with the word's letter at each inference that detected it. */
function heard(letters: string, settings: OperatingPoint): string {
  const kernel = detecting(settings);
  return [...letters]
    .map((letter) => LABELS[kernel.detect(SCORES[letter])]?.[0] ?? ' ')
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

  test('detects a word whose average is exactly the threshold', () => {
    const kernel = detecting(point({ threshold: 0.9 }));
    for (let k = 0; k < 3; k++) kernel.detect(SCORES.Y);
    const exact = Math.round(kernel.averages[0] * 65_535);
    assert.ok(Math.abs(exact / 65_535 - 0.5) < 1e-4, `${exact}`);
    const thresholds = [exact, exact, 0, 0];
    assert.equal(heard('YYY', point({ thresholds })), 'y');
    assert.equal(heard('YYY', point({ thresholds: [exact + 1, exact + 1, 0, 0] })), '');
  });

  test('gives every word its own threshold', () => {
    const thresholds = [thresholdOf(0.4), thresholdOf(0.6), 0, 0];
    assert.equal(heard('YYY......NNN', point({ thresholds })), 'y');
    assert.equal(
      heard('YYY......NNN', point({ thresholds: thresholds.map((_, k) => thresholds[k ^ 1]) })),
      '           n',
    );
  });

  test('treats a word that is switched off as another word', () => {
    const thresholds = [0, thresholdOf(0.3), 0, 0];
    assert.equal(heard('...yyy...nnn', point({ thresholds })), '          n');
    // no is above its threshold, but the other word has more
    assert.equal(heard('ynyynyyny', point({ thresholds })), '');
  });

  test('waits until enough inferences named the word', () => {
    const settings = { threshold: 0.3, average: 5 };
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
    // the five inferences after the detection at 2 end at 7
    assert.equal(heard('..yynnnnnnn', point({ average: 1 })), '  y    n');
    assert.equal(heard('..y.y.y.y.y', point({ average: 1 })), '  y     y');
    assert.equal(heard('..y.y.y.y.y', point({ average: 1, suppression: 0 })), '  y y y y y');
  });

  test('never detects a class that is not a word', () => {
    assert.equal(heard('....????....', point({ threshold: 0.1 })), '');
  });

  test('detects a word only if no other class is more probable', () => {
    assert.equal(heard('??Y??Y??', point({ threshold: 0.1 })), '');
  });

  test('reports the time, the score and the label', () => {
    const kernel = detecting(point());
    kernel.detect(SCORES['.']);
    assert.equal(detectionAt(kernel, 16_192), null);
    kernel.detect(SCORES.n);
    kernel.detect(SCORES.n);
    const { score, ...rest } = detectionAt(kernel, 19_392)!;
    assert.deepEqual(rest, { word: 'no', label: 1, sample: 19_392, timeMs: 1212 });
    assert.ok(Math.abs(score - 2 / 3) < 2e-5, `${score}`);
  });

  test('starts again with a stream, and keeps changed thresholds', () => {
    const kernel = detecting(point());
    assert.equal(kernel.detect(SCORES.y), 0);
    assert.equal(kernel.detect(SCORES.y), -1);
    kernel.setThresholds([1, thresholdOf(0.9), 0, 0]);
    kernel.beginStream();
    assert.deepEqual(
      ['N', 'y'].map((letter) => kernel.detect(SCORES[letter])),
      [-1, 0],
    );
  });

  test('detects nothing with a model that does not say how', () => {
    const kernel = openKernel(model);
    kernel.beginStream();
    assert.equal(kernel.detect(SCORES.y), -1);
    assert.throws(() => kernel.averages, { name: 'ModelError', message: /does not say how to detect words/ });
  });
});

test('the softmax is that of floating point to 1 in 10,000, and exactly that of the rules', () => {
  const random = new Random(0x50f);
  let greatest = 0;
  for (let k = 0; k < 2000; k++) {
    const range = 10 ** (1 + 8.3 * random.uniform());
    const scores = LABELS.map(() => Math.round((2 * random.uniform() - 1) * Math.min(range, 2 ** 31 - 1)));
    const scale = 10 ** (-4 + 3 * random.uniform());
    const factor = factorOf(scale);
    const kernel = detecting(point({ average: 1, factor }));
    kernel.detect(scores);
    const found = Array.from(kernel.averages, (average) => Math.round(average * 65_535));
    assert.deepEqual(found, judgeSoftmax(scores, factor), `${scores} · ${factor}`);
    const powers = scores.map((score) => Math.exp((score - Math.max(...scores)) * scale));
    const sum = powers.reduce((total, power) => total + power, 0);
    found.forEach((p, c) => {
      greatest = Math.max(greatest, Math.abs(p / 65_535 - powers[c] / sum));
    });
  }
  assert.ok(greatest < 1e-4, `${greatest}`);
});

test('on 60 random streams, the kernel agrees with the rules applied to the whole history', () => {
  let detections = 0;
  for (let seed = 0; seed < 60; seed++) {
    const random = new Random(0xde7, seed);
    const average = 1 + random.below(6);
    const settings = point({
      average,
      minimumCount: 1 + random.below(Math.min(2, average)),
      suppression: random.below(10),
      thresholds: LABELS.map((_, k) => (k < 2 ? thresholdOf(0.2 + 0.6 * random.uniform()) : 0)),
    });
    let mood = 3;
    const history = Array.from({ length: 300 }, () => {
      if (random.below(8) === 0) mood = random.below(4);
      const row = LABELS.map((_, label) => random.uniform() * (label === mood ? 4 : 1));
      const sum = row.reduce((total, value) => total + value, 0);
      return scoresOf(row.map((value) => value / sum));
    });
    const kernel = detecting(settings);
    const found = history.map((scores) => kernel.detect(scores));
    assert.deepEqual(found, judgeDetections(history, settings), `seed ${seed}`);
    detections += found.filter((label) => label >= 0).length;
  }
  assert.ok(detections > 300, `${detections} detections are too few to compare`);
});

describe('an operating point', () => {
  const curve = [
    { falseAcceptsPerHour: 1, missRate: 0.4, thresholds: [60_000, 50_000, 0, 0] },
    { falseAcceptsPerHour: 10, missRate: 0.2, thresholds: [40_000, 46_000, 0, 0] },
  ];
  const tuned = { ...network, detection: point({ curve }) };

  test('keeps times when the hop changes', () => {
    // 300 ms and 500 ms
    const { hop, average, suppression } = operatingPointOf(tuned, { hopMs: 40 });
    assert.deepEqual([hop, average, suppression], [2, 7, 13]);
    assert.equal(operatingPointOf(tuned, { averageMs: 0 }).average, 1);
  });

  test('takes thresholds from the curve, between two points as well', () => {
    assert.deepEqual(operatingPointOf(tuned, { falseAccepts: 1 }).thresholds, curve[0].thresholds);
    assert.deepEqual(operatingPointOf(tuned, { falseAccepts: 10 }).thresholds, curve[1].thresholds);
    const between = thresholdsFor(tuned.detection, Math.sqrt(10));
    assert.deepEqual(between.thresholds, [50_000, 48_000, 0, 0]);
    assert.ok(Math.abs(between.missRate - 0.3) < 1e-12);
  });

  test('is limited to some of the words', () => {
    const { thresholds, curve: limited } = operatingPointOf(tuned, { words: ['no'], falseAccepts: 10 });
    assert.deepEqual(thresholds, [0, 46_000, 0, 0]);
    assert.deepEqual(limited[0].thresholds, [0, 50_000, 0, 0]);
  });

  for (const [name, changes, message] of [
    ['a threshold above 1', { threshold: 1.5 }, 'a threshold of 1.5, expected more than 0 and at most 1'],
    ['no number', { threshold: Number.NaN }, 'a threshold of NaN, expected more than 0 and at most 1'],
    ['a hop between two frames', { hopMs: 30 }, 'a hop of 30 ms, expected 20 to 60000'],
    ['an average without end', { averageMs: 1e9 }, 'an average of 10000000 inferences, expected 1 to 1024'],
    [
      'more counts than inferences',
      { minimumCount: 4 },
      'a minimum count of 4, expected 1 to 3, the inferences that are averaged',
    ],
    ['a negative suppression', { suppressionMs: -100 }, 'a suppression of -1 inferences, expected 0 to 65535'],
    [
      'a rate beyond the curve',
      { falseAccepts: 20 },
      '20 false accepts per hour; the model has thresholds for 1 to 10',
    ],
    [
      'a word that the model lacks',
      { words: ['no', 'lamp'] },
      "the model does not have the word 'lamp'; it has yes no",
    ],
    [
      'a class that is not a word',
      { words: ['_silence_'] },
      "the model does not have the word '_silence_'; it has yes no",
    ],
    ['no words', { words: [] }, 'no word to detect; it has yes no'],
  ] as const) {
    test(`refuses ${name}, with its value`, () => {
      assert.throws(() => operatingPointOf(tuned, changes), { name: 'DetectionError', message });
    });
  }

  test('has no rates without a curve', () => {
    assert.throws(() => operatingPointOf(network, { falseAccepts: 5 }), {
      name: 'DetectionError',
      message: 'this model has no curve of false accepts; `spikeword tune` makes one',
    });
  });
});

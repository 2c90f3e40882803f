import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { encodeModel } from '../../host/core/model/index.js';
import { factorOf, keywordIndices, quantizeNetwork } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { encodeWav } from '../../host/core/wav/index.js';
import type { StreamAnswers } from '../../host/detection/stream/listen-threads.js';
import { prepareStreams, soundsOf } from '../../host/detection/stream/prepare.js';
import { Replay } from '../../host/detection/stream/replay.js';
import { StreamScorer } from '../../host/detection/stream/score.js';
import {
  missesOf,
  missesWithinBudgets,
  missRateOnStreams,
  prepareValidationStreams,
} from '../../host/detection/stream/validation-streams.js';
import { openKernel, readCheckpoint } from '../../host/model/index.js';
import { packagePath } from '../../host/system/index.js';
import { corpus, temporaryFolder } from '../dataset/corpus.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { SAMPLE } from './words.js';

process.env.SPIKEWORD_CACHE = join(temporaryFolder(), 'cache');

describe('misses within budgets', () => {
  const outcomes = [
    { missRate: 0.1, falseAcceptsPerHour: 30 },
    { missRate: 0.2, falseAcceptsPerHour: 10 },
    { missRate: 0.4, falseAcceptsPerHour: 5 },
    { missRate: 0.9, falseAcceptsPerHour: 0 },
  ];
  const mean = (...values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

  for (const [what, ambient, expected] of [
    ['2, 5 and 10 false accepts an hour, with the fewest misses at each', null, mean(0.9, 0.4, 0.2)],
    ['as many in ambient sound', [45, 10, 5, 2], mean(0.9, 0.4, 0.2)],
    ['fewer dense ones where ambient sound has too many', [45, 10.01, 5.01, 2], mean(0.9, 0.9, 0.4)],
    ['nothing where ambient sound always has too many', [45, 45, 5, 2.5], mean(1, 0.4, 0.4)],
    ['nothing at all', [45, 45, 45, 45], 1],
  ] as const) {
    test(`are those with ${what}`, () => assert.equal(missesWithinBudgets(outcomes, ambient), expected));
  }

  test('are the fewest, even if a stricter threshold has more false accepts', () => {
    const uneven = [
      { missRate: 0.5, falseAcceptsPerHour: 1 },
      { missRate: 0.6, falseAcceptsPerHour: 20 },
      { missRate: 0.7, falseAcceptsPerHour: 1 },
    ];
    assert.equal(missesWithinBudgets(uneven, null), 0.5);
  });
});

describe('the misses of hand-made scores', () => {
  const LABELS = ['yes', 'no', '_unknown_'];
  const SECOND = 16_000;
  const SCALE = 0.001;
  const model = encodeModel({ ...randomQuantizedNetwork(1, { classes: 3 }), labels: LABELS });
  const point = {
    ...{ hop: 50, average: 1, minimumCount: 1, suppression: 0, factor: factorOf(SCALE) },
    ...{ thresholds: [32_768, 32_768, 0], curve: [] },
  };
  /** An inference each second: the log odds of yes, with unclear scores between two of them. */
  const answersOf = (logOdds: readonly number[]): StreamAnswers => {
    const rows = logOdds.flatMap((odds) => [
      [Math.round((odds + Math.LN2) / SCALE), 0, 0],
      [0, 0, 20_000],
    ]);
    return {
      scores: Int32Array.from(rows.flat()),
      samples: Float64Array.from(rows, (_, k) => (k + 0.75) * SECOND),
    };
  };
  const replayOf = (logOdds: readonly number[]): Replay => {
    const replay = new Replay(openKernel(model), [answersOf(logOdds)]);
    replay.use(point);
    return replay;
  };
  // a quarter of an hour: four keywords, of which two are clear, and another word that sounds like one
  const spoken = [0, 0, 0, 0, -1].map((label, k) => {
    const at = 2 * k * SECOND;
    return { clip: k, label, at, wordFrom: at, wordTo: at + SECOND, gain: 1 };
  });
  const scorer = new StreamScorer(replayOf([4, 4, 1, 0, 2]), [{ samples: 900 * SECOND, scenes: [], spoken }]);
  const ambient = (hours: number, ...logOdds: number[]) => ({
    replay: replayOf(logOdds),
    plans: [{ kind: 'speech', samples: hours * 3600 * SECOND, played: [] }],
  });

  test('are those above the other word where the budget forbids it', () => {
    // the other word is 4 false accepts an hour: at 2 an hour, the keywords that are less clear than it are lost
    assert.equal(missesOf(scorer, [], point.thresholds), (2 / 4 + 0 + 0) / 3);
  });

  test('are counted with all ambient sound together', () => {
    // the ambient budgets are 2, 5 and 10 an hour; 5 in an hour are too many for the first, which the word decides
    const five = [ambient(0.8, 0.5, 0.5, 0.5, 0.5), ambient(0.2, 3)];
    assert.equal(missesOf(scorer, five, point.thresholds), (2 / 4 + 0 + 0) / 3);
    // 6 in an hour are too many for the second as well: one of 0.5 must go, and with it the keyword at 0
    const six = [ambient(0.8, 0.5, 0.5, 0.5, 0.5), ambient(0.2, 3, 3)];
    assert.equal(missesOf(scorer, six, point.thresholds), (2 / 4 + 1 / 4 + 0) / 3);
    // one in a tenth of an hour is 10 an hour, which only the last allows; nothing is clearer than one at 9
    assert.equal(missesOf(scorer, [ambient(0.05, 3), ambient(0.05)], point.thresholds), (2 / 4 + 2 / 4 + 0) / 3);
    assert.equal(missesOf(scorer, [ambient(0.05, 9), ambient(0.05)], point.thresholds), (1 + 1 + 0) / 3);
  });
});

describe('validation streams', () => {
  const network = quantizeNetwork(readCheckpoint(packagePath('models/commands.safetensors')));
  const keywords = new Map(keywordIndices(network.labels).map((label) => [network.labels[label], label]));
  const hoursOf = (plans: readonly { readonly samples: number }[]): number =>
    plans.reduce((sum, { samples }) => sum + samples, 0) / 3600 / 16_000;
  const hiss = (seed: number, seconds: number): Uint8Array => {
    const random = new Random(seed);
    return encodeWav(Int16Array.from({ length: seconds * 16_000 }, () => Math.round(800 * random.normal())));
  };

  test('are as long as the keywords of the split allow, and come from that split alone', async () => {
    const streams = await prepareValidationStreams(keywords, { data: SAMPLE });
    // five speakers of the sample are in the validation split, each with one clip of eight words
    assert.ok(Math.abs(hoursOf(streams!.dense.plans) - (2 * 40) / 500) < 1e-4);
    const again = await prepareValidationStreams(keywords, { data: SAMPLE });
    assert.deepEqual(again!.dense.plans, streams!.dense.plans);
  });

  test('have the ambient sound of folders with a part for validation, without isolated words', async () => {
    const first = corpus({
      'validation/speech/a/a.wav': hiss(1, 3),
      'validation/words/a/b.wav': hiss(2, 1),
      'validation/music/a/c.wav': hiss(3, 4),
      'training/speech/a/d.wav': hiss(4, 2),
    });
    const second = corpus({ 'training/noise/a/e.wav': hiss(5, 2) });
    const streams = await prepareValidationStreams(keywords, { data: SAMPLE, ambient: [first, second] });
    assert.deepEqual(
      streams!.ambient.map(({ folder, plans }) => [folder.root, plans.map(({ kind }) => kind)]),
      [[first, ['speech', 'music']]],
    );
  });

  test('give a trained network the same miss rate on any number of threads', async () => {
    const source = { data: SAMPLE, split: 'validation', hours: 0.01, snrDb: [30] } as const;
    const prepared = await Promise.all([1, 2, 3].map((seed) => prepareStreams(keywords, { ...source, seed })));
    for (const { pack } of prepared) pack.close();
    const dense = { ...soundsOf(prepared[0]), plans: prepared.flatMap(({ plans }) => plans) };
    const ambient = corpus({ 'validation/noise/a/a.wav': hiss(6, 5), 'validation/music/a/b.wav': hiss(7, 5) });
    const streams = { ...(await prepareValidationStreams(keywords, { data: SAMPLE, ambient: [ambient] }))!, dense };
    const missRate = await missRateOnStreams(network, streams, { threads: 1 });
    assert.ok(missRate > 0 && missRate < 0.9, `${missRate}`);
    assert.equal(await missRateOnStreams(network, streams, { threads: 3 }), missRate);
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeModel } from '../../host/core/model/index.js';
import { factorOf, thresholdAt } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import {
  averageMisses,
  bestWithin,
  chooseOffsets,
  chooseThresholds,
  operatingCurve,
  thresholdsWith,
} from '../../host/detection/stream/choose.js';
import type { StreamAnswers } from '../../host/detection/stream/listen-threads.js';
import type { StreamPlan } from '../../host/detection/stream/plan.js';
import { Replay } from '../../host/detection/stream/replay.js';
import { StreamScorer } from '../../host/detection/stream/score.js';
import { shifted, shiftsOf } from '../../host/detection/stream/shift.js';
import { openKernel } from '../../host/model/index.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const LABELS = ['yes', 'no', '_unknown_'];
const WORDS = [1, 1, 0];
const SECOND = 16_000;
const SCALE = 0.001;
const kernel = openKernel(encodeModel({ ...randomQuantizedNetwork(1, { classes: 3 }), labels: LABELS }));

/** How sure the network is of something: log odds, drawn around a mean. */
interface Event {
  readonly label: number;
  /** What was said: a keyword, or −1. */
  readonly said: number;
  readonly logOdds: number;
}

/** A stream with one event every two seconds, of one inference each, and silence between them. */
function streamOf(events: readonly Event[]): { plan: StreamPlan; answers: StreamAnswers } {
  const spoken = events.map(({ said }, k) => {
    const at = 2 * k * SECOND;
    return { clip: k, label: said, at, wordFrom: at, wordTo: at + SECOND, gain: 1 };
  });
  const rows = events.flatMap(({ label, logOdds }) => {
    const row = LABELS.map((_, k) => (k === label ? Math.round((logOdds + Math.LN2) / SCALE) : 0));
    return [row, [0, 0, 20_000]];
  });
  return {
    plan: { samples: 2 * events.length * SECOND, scenes: [], spoken },
    answers: {
      scores: Int32Array.from(rows.flat()),
      samples: Float64Array.from(rows, (_, k) => (k % 2 === 0 ? k + 0.75 : k + 0.5) * SECOND),
    },
  };
}

/** Yes is heard clearly and no faintly; other words sound like yes, and hardly ever like no. */
function eventsOf(seed: number, count: number): Event[] {
  const random = new Random(0xc4005e, seed);
  return Array.from({ length: count }, () => {
    const kind = random.uniform();
    if (kind < 0.3) return { label: 0, said: 0, logOdds: 4 + random.normal() };
    if (kind < 0.6) return { label: 1, said: 1, logOdds: 1 + random.normal() };
    return { label: random.uniform() < 0.9 ? 0 : 1, said: -1, logOdds: random.normal() };
  });
}

function scorerOf(streams: readonly ReturnType<typeof streamOf>[]): StreamScorer {
  const replay = new Replay(
    kernel,
    streams.map(({ answers }) => answers),
  );
  replay.use({
    ...{ hop: 50, average: 1, minimumCount: 1, suppression: 0, factor: factorOf(SCALE) },
    ...{ thresholds: thresholdsWith(WORDS, [0, 0, 0]), curve: [] },
  });
  return new StreamScorer(
    replay,
    streams.map(({ plan }) => plan),
  );
}

test('shifts of thresholds are those of their log odds, and reach from nearly 0 to nearly 1', () => {
  assert.deepEqual(shifted([32_768, 0, 13_107], Math.log(3)), [49_152, 0, thresholdAt(Math.log(0.25) + Math.log(3))]);
  const base = [thresholdAt(-1), thresholdAt(2), 0];
  const shifts = shiftsOf(base, 0.125);
  assert.ok(Math.max(...shifted(base, shifts[0])) <= 0.021 * 65_535);
  assert.ok(shifted(base, shifts.at(-1)!)[0] >= 0.999 * 65_535);
});

describe('thresholds of words', () => {
  const events = eventsOf(1, 3000);
  const scorer = scorerOf([streamOf(events)]);
  const equal = thresholdsWith(WORDS, [0, 0, 0]);

  test('are moved together to the fewest misses within a rate', () => {
    const tried = scorer.sweep(equal);
    for (const rate of [1, 20, 200]) {
      const best = bestWithin(tried, rate);
      // the rules for these streams, without a detector: an event is detected if it reaches the threshold
      const threshold = tried.thresholds[best][0] / 65_535;
      const reached = events.filter(({ logOdds }) => 1 / (1 + Math.exp(-logOdds)) >= threshold + 1e-4);
      const hours = (2 * events.length) / 3600;
      assert.ok(reached.filter(({ said }) => said < 0).length / hours <= rate + 2);
      const hits = reached.filter(({ said }) => said >= 0).length;
      assert.ok(Math.abs(tried.outcomes[best].hits - hits) <= 3, `${hits} hits, ${tried.outcomes[best].hits} found`);
      assert.ok(tried.outcomes.every((one) => one.falseAcceptsPerHour > rate || one.hits <= tried.outcomes[best].hits));
    }
    assert.equal(bestWithin(tried, -1), -1);
  });

  test('of their own miss less at the same false accepts, as a search of all pairs finds them', () => {
    const offsets = chooseOffsets([scorer.sweep(equal)], equal);
    // no may be detected much more eagerly than yes
    assert.ok(offsets[1] < offsets[0], `${offsets}`);
    const own = scorer.sweep(thresholdsWith(WORDS, offsets));
    const together = scorer.sweep(equal);
    const rates = [2, 5, 10, 20, 50];
    const [alone, shared] = [own, together].map((tried) => averageMisses(tried, rates));
    assert.ok(alone < shared - 0.02, `${alone} with their own, ${shared} with equal thresholds`);
    // every pair of thresholds on a grid that are not too far apart, another pair for each rate
    const least = rates.map(() => 1);
    for (let yes = -2; yes <= 6; yes += 0.5) {
      for (let no = yes - 4; no <= yes; no += 0.5) {
        const { missRate, falseAcceptsPerHour } = scorer.outcome([thresholdAt(yes), thresholdAt(no), 0]);
        rates.forEach((rate, k) => {
          if (falseAcceptsPerHour <= rate) least[k] = Math.min(least[k], missRate);
        });
      }
    }
    const searched = least.reduce((sum, missRate) => sum + missRate, 0) / rates.length;
    // one shape of thresholds for all rates costs a little
    assert.ok(alone < searched + 0.06, `${alone}, all pairs ${searched}`);
  });

  test('are judged on the part that did not choose them, and tightened by what it shows', () => {
    // the second part has three times the false accepts of the first
    const [first, second] = [eventsOf(2, 3000), eventsOf(3, 3000)];
    const louder = second.map((event) => (event.said < 0 ? { ...event, logOdds: event.logOdds + 1.2 } : event));
    const parts = scorerOf([streamOf(first), streamOf(louder)]);
    const choice = chooseThresholds(parts, WORDS, [[0], [1]]);
    assert.ok(choice.ratio! > 1.3, `${choice.ratio}`);
    const curve = operatingCurve(choice);
    assert.ok(curve.length >= 4);
    for (const [k, { falseAcceptsPerHour, missRate, thresholds }] of curve.entries()) {
      const outcome = parts.outcome(thresholds);
      assert.ok(outcome.falseAcceptsPerHour <= falseAcceptsPerHour / choice.ratio!);
      assert.equal(outcome.missRate, missRate);
      assert.ok(k === 0 || missRate <= curve[k - 1].missRate);
    }
    assert.equal(chooseThresholds(parts, WORDS, [[0, 1]]).ratio, null);
  });
});

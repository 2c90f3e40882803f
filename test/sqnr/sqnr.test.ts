import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { learnThresholds } from '../../bench/sqnr/learn.js';
import { type SpikeCountGradient, spikeCount, spikeCountGradient } from '../../bench/sqnr/neuron.js';
import { renderPicture } from '../../bench/sqnr/picture.js';
import { signalToQuantizationNoise } from '../../bench/sqnr/quantizer.js';
import { SQNR_SETTINGS, sqnrExperiment } from '../../bench/sqnr/sqnr.js';
import { renderSqnrSummary } from '../../bench/sqnr/summary.js';
import { Random } from '../../host/core/random.js';
import { neurons, neuronsBackward } from '../reference/index.js';

const assertNear = (actual: number, expected: number, margin: number, what: string): void =>
  assert.ok(Math.abs(actual - expected) <= margin, `${what}: ${actual}, expected ${expected} ± ${margin}`);

/** Found by direct search over quantisers, independently of any training: σ = 0.1, positive half. */
const SEARCHED = {
  fixedDb: 0.45,
  singleDb: 11.09,
  singleThreshold: 0.174,
  fixedDbAt20: 11.26,
  perTimestepDb: 15.1,
};
const SINGLE_MARGIN_DB = 0.05;
const SINGLE_MARGIN_THRESHOLD = 0.005;

describe('one neuron on N(0, 0.1²), T = 4', () => {
  const report = sqnrExperiment({ seed: 7 });

  test('has 0.45 dB with a threshold of 1, and the ratio found by a search for T = 20', () => {
    assertNear(report.fixed.sqnrDb, SEARCHED.fixedDb, 0.01, 'T = 4');
    assertNear(report.fixedByTimesteps[19].sqnrDb, SEARCHED.fixedDbAt20, 0.02, 'T = 20');
  });

  test('gains more than 10 dB by learning its threshold', () => {
    assert.ok(report.gainByLearningDb > 10, `${report.gainByLearningDb} dB`);
  });

  test('learns the threshold that a direct search finds, which is within a factor of 2 of the deviation', () => {
    assertNear(report.uniform.sqnrDb, SEARCHED.singleDb, SINGLE_MARGIN_DB, 'SQNR');
    assertNear(report.uniform.amplitude, SEARCHED.singleThreshold, SINGLE_MARGIN_THRESHOLD, 'threshold');
    const factor = report.uniform.amplitude / SQNR_SETTINGS.deviation;
    assert.ok(factor > 0.5 && factor < 2, `${factor}`);
  });

  test('needs T = 20 with a threshold of 1 to be as good as T = 4 with the learned one', () => {
    assert.equal(report.fixedTimestepsToMatch, 20);
  });

  test('gains about 3 dB more with one threshold per timestep', () => {
    assertNear(report.gainPerTimestepDb, 3.3, 0.6, 'amplitude tied to the thresholds');
    const most = SEARCHED.perTimestepDb + 0.05;
    const { sqnrDb } = report.perTimestepFreeAmplitude;
    assert.ok(sqnrDb > SEARCHED.perTimestepDb - 0.3 && sqnrDb < most, `amplitude learned: ${sqnrDb} dB`);
    assert.ok(report.perTimestep.sqnrDb < most);
  });

  test('learns the same for the same seed, and something different for another', () => {
    const settings = { ...SQNR_SETTINGS, steps: 200, neuron: 'atif-nu', amplitude: 'learned' } as const;
    assert.deepEqual(learnThresholds({ ...settings, seed: 7 }), learnThresholds({ ...settings, seed: 7 }));
    assert.notDeepEqual(learnThresholds({ ...settings, seed: 7 }), learnThresholds({ ...settings, seed: 8 }));
  });

  test('is drawn as one picture without scripts or external content, light and dark', () => {
    const picture = renderPicture(report);
    assert.match(picture, /^<svg [^>]*viewBox/);
    assert.match(picture, /prefers-color-scheme:dark/);
    assert.doesNotMatch(picture, /<script|href=|url\(|@import|NaN|Infinity|undefined/);
    assert.match(picture, /11\.\d\d dB/);
    assert.match(renderSqnrSummary(report), /one learned threshold +11\.\d\d dB/);
  });
});

describe('a wrong gradient', () => {
  /** Backpropagation through the neuron without the terms that `mutation` leaves out. */
  const mutated =
    (mutation: { noReset?: boolean; noSpikeTerm?: boolean; detachedMembrane?: boolean; noSlope?: boolean }) =>
    (...[trace, thresholds, slope, upstream, gradient]: Parameters<SpikeCountGradient>): void => {
      let gradMembrane = 0;
      for (let t = thresholds.length - 1; t >= 0; t--) {
        const sigmoid = 1 / (1 + Math.exp(-slope * (trace.potential[t] - thresholds[t])));
        const surrogate = (mutation.noSlope ? 1 : slope) * sigmoid * (1 - sigmoid);
        const through = (upstream - (mutation.noReset ? 0 : thresholds[t] * gradMembrane)) * surrogate;
        gradient[t] -= through + (mutation.noSpikeTerm ? 0 : trace.spikes[t] * gradMembrane);
        gradMembrane = through + (mutation.detachedMembrane ? 0 : gradMembrane);
      }
    };
  const learn = (gradient: SpikeCountGradient): [sqnrDb: number, threshold: number] => {
    const settings = { ...SQNR_SETTINGS, neuron: 'atif-u', amplitude: 'thresholds', seed: 7 } as const;
    const learned = learnThresholds(settings, gradient);
    return [signalToQuantizationNoise(learned, SQNR_SETTINGS.deviation), learned.amplitude];
  };
  const within = ([sqnrDb, threshold]: [number, number]): boolean =>
    Math.abs(sqnrDb - SEARCHED.singleDb) <= SINGLE_MARGIN_DB &&
    Math.abs(threshold - SEARCHED.singleThreshold) <= SINGLE_MARGIN_THRESHOLD;

  test('without a mutation equals the right gradient', () => {
    assert.deepEqual(learn(mutated({})), learn(spikeCountGradient));
    assert.ok(within(learn(mutated({}))));
  });

  const mutations = {
    'that does not flow through the reset of the membrane': { noReset: true },
    'that forgets that a spike subtracts the threshold': { noSpikeTerm: true },
    'that forgets both': { noReset: true, noSpikeTerm: true },
    'that stops at each timestep': { detachedMembrane: true },
    'without the factor of the slope': { noSlope: true },
  };
  for (const [name, mutation] of Object.entries(mutations)) {
    test(`${name} ends outside the margins`, () => {
      const learned = learn(mutated(mutation));
      assert.ok(!within(learned), `${learned}`);
    });
  }
});

test("the experiment's neuron and gradient equal those of the reference", () => {
  const random = new Random(3);
  for (let round = 0; round < 200; round++) {
    const timesteps = 1 + random.below(6);
    const thresholds = Float64Array.from({ length: timesteps }, () => 0.05 + random.uniform());
    const input = random.normal();
    const trace = { potential: new Float64Array(timesteps), spikes: new Uint8Array(timesteps) };
    const count = spikeCount(input, [...thresholds], trace);
    const expected = neurons('atif-nu', new Float64Array(timesteps).fill(input), thresholds, timesteps);
    assert.deepEqual([...trace.spikes], [...expected.spikes]);
    assert.equal(
      count,
      trace.spikes.reduce((sum, spike) => sum + spike, 0),
    );

    const gradient = new Float64Array(timesteps);
    spikeCountGradient(trace, [...thresholds], 5, 0.7, gradient);
    // A spike cost of 0.7 and no gradient of the output: the derivative of 0.7 · spikes.
    const none = new Float64Array(timesteps);
    const wanted = neuronsBackward('atif-nu', expected, thresholds, timesteps, 5, none, 0.7);
    for (let t = 0; t < timesteps; t++) assertNear(gradient[t], wanted.thresholds[t], 1e-12, `Vth(${t + 1})`);
  }
});

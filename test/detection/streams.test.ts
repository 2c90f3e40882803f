import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeModel } from '../../host/core/model/index.js';
import { factorOf } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import type { StreamAnswers } from '../../host/detection/stream/listen-threads.js';
import { type Heard, latenciesMs, matchDetections } from '../../host/detection/stream/match.js';
import { planStreams, type Spoken, type StreamClip, type StreamPlan } from '../../host/detection/stream/plan.js';
import { renderStream } from '../../host/detection/stream/render.js';
import { Replay } from '../../host/detection/stream/replay.js';
import { StreamScorer } from '../../host/detection/stream/score.js';
import { openKernel } from '../../host/model/index.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const MS = 16;
const [YES, NO, OTHER] = [0, 1, -1];

/** Returns a word between two times in milliseconds. */
const word = (label: number, fromMs: number, toMs: number): Spoken => ({
  clip: 0,
  label,
  at: fromMs * MS,
  wordFrom: fromMs * MS,
  wordTo: toMs * MS,
  gain: 1,
});
const heard = (label: number, atMs: number): Heard => ({ label, sample: atMs * MS });

describe('matching detections with the words of a stream', () => {
  const spoken = [word(YES, 1000, 1500), word(OTHER, 3000, 3400), word(NO, 5000, 5300)];
  /** Returns the time of the detection that hit each word, or null, and the times of the false accepts. */
  const match = (...detections: Heard[]) => {
    const { hits, falseAccepts } = matchDetections(spoken, detections);
    const time = (detection: Heard | null) => (detection === null ? null : detection.sample / MS);
    return [hits.map(time), falseAccepts.map(time)];
  };

  test('a detection from the beginning of its word until 750 ms after its end is a hit', () => {
    assert.deepEqual(match(heard(YES, 1000), heard(NO, 6050)), [[1000, null, 6050], []]);
  });

  test('an earlier or later detection is a false accept, and the word is missed', () => {
    assert.deepEqual(match(heard(YES, 999), heard(NO, 6051)), [
      [null, null, null],
      [999, 6051],
    ]);
  });

  test('a detection of a different keyword is a false accept, and the word is missed', () => {
    assert.deepEqual(match(heard(NO, 1600)), [[null, null, null], [1600]]);
  });

  test('a keyword detected for another word is a false accept', () => {
    assert.deepEqual(match(heard(YES, 3300)), [[null, null, null], [3300]]);
  });

  test('a second detection of the same word is a false accept', () => {
    assert.deepEqual(match(heard(YES, 1400), heard(YES, 2000)), [[1400, null, null], [2000]]);
  });

  test('two close words of the same label are two hits, the earlier first', () => {
    const twice = [word(YES, 1000, 1500), word(YES, 2000, 2500)];
    const { hits, falseAccepts } = matchDetections(twice, [heard(YES, 2100), heard(YES, 2700)]);
    assert.deepEqual([hits.map((hit) => hit?.sample), falseAccepts], [[2100 * MS, 2700 * MS], []]);
  });

  test('latency is measured from the end of the word, and is negative before it', () => {
    const { hits } = matchDetections(spoken, [heard(YES, 1450), heard(NO, 5400)]);
    assert.deepEqual(latenciesMs(spoken, hits), [-50, 100]);
  });
});

const clips: StreamClip[] = Array.from({ length: 30 }, (_, index) => ({
  index,
  word: index % 3 === 0 ? 'other' : ['yes', 'no'][index % 2],
  label: index % 3 === 0 ? OTHER : index % 2,
  extent: [4000, 12_000],
  level: 1000 + 100 * index,
  peak: 6000 + 600 * index,
}));
const noises = [1, 2].map((seed) => {
  const random = new Random(seed);
  return Int16Array.from({ length: 100_000 }, () => Math.round(random.normal() * 500 * seed));
});
const settings = { hours: 0.5, snrDb: [10], seed: 3 };

describe('planned streams', () => {
  const plans = planStreams(settings, clips, noises);

  test('have the requested total length, each ten minutes at most', () => {
    assert.deepEqual(
      plans.map(({ samples }) => samples / 16_000),
      [600, 600, 600],
    );
    const short = planStreams({ ...settings, hours: 0.2 }, clips, noises);
    assert.deepEqual(
      short.map(({ samples }) => samples / 16_000),
      [600, 120],
    );
  });

  test('have scenes without gaps, and words that do not overlap or leave their scene', () => {
    for (const { samples, scenes, spoken } of plans) {
      assert.equal(scenes[0].from, 0);
      assert.equal(scenes.at(-1)?.to, samples);
      for (let k = 1; k < scenes.length; k++) assert.equal(scenes[k].from, scenes[k - 1].to);
      for (const [k, { at, wordFrom, wordTo }] of spoken.entries()) {
        assert.deepEqual([wordFrom, wordTo], [at + 4000, at + 12_000]);
        assert.ok(k === 0 || at >= spoken[k - 1].at + 16_000 + 8000, 'pauses are at least half a second');
        const scene = scenes.find(({ from, to }) => from <= at && at + 16_000 <= to);
        assert.ok(scene !== undefined && scene.noise !== null, 'words are spoken in noise');
      }
    }
  });

  test('have about as many keywords as other words, silence, and noise without words', () => {
    const spoken = plans.flatMap((plan) => plan.spoken);
    const keywords = spoken.filter(({ label }) => label >= 0).length;
    assert.ok(spoken.length > 300, `${spoken.length} words in half an hour`);
    assert.ok(Math.abs(keywords / spoken.length - 0.5) < 0.1, `${keywords} of ${spoken.length}`);
    const scenes = plans.flatMap((plan) => plan.scenes);
    const silent = scenes.filter(({ noise }) => noise === null).length / scenes.length;
    assert.ok(silent > 0.03 && silent < 0.2, `${silent} silent`);
  });

  test('use every clip once before any is used again', () => {
    const said = plans.flatMap((plan) => plan.spoken).filter(({ label }) => label === OTHER);
    assert.equal(new Set(said.slice(0, 10).map(({ clip }) => clip)).size, 10);
  });

  test('use rare other words as often as common ones, but no clip more than ten times as often as another', () => {
    const counts = { common: 200, usual: 200, seldom: 20, rare: 1 };
    const others = Object.entries(counts).flatMap(([word, count]) => Array<string>(count).fill(word));
    const mixed = others.map((word, k) => ({ ...clips[0], index: 30 + k, word, label: OTHER }));
    const keywords = clips.filter(({ label }) => label !== OTHER);
    const long = planStreams({ ...settings, hours: 10 }, [...keywords, ...mixed], noises);
    const said = long.flatMap((plan) => plan.spoken).filter(({ label }) => label === OTHER);
    const share = (wanted: string): number =>
      said.filter(({ clip }) => others[clip - 30] === wanted).length / said.length;
    // 137 clips of each of three words and ten times the only one of the last
    for (const word of ['common', 'usual', 'seldom']) assert.ok(Math.abs(share(word) - 137 / 421) < 0.02, word);
    assert.ok(Math.abs(share('rare') - 10 / 421) < 0.01, `${share('rare')}`);
  });

  test('are the same for the same seed, and differ for another', () => {
    assert.deepEqual(planStreams(settings, clips, noises), plans);
    assert.notDeepEqual(planStreams({ ...settings, seed: 4 }, clips, noises), plans);
  });

  test('give all words of a scene one level, and the noise a level that is lower by the ratio', () => {
    for (const snrDb of [-5, 20]) {
      const [{ scenes, spoken }] = planStreams({ ...settings, snrDb: [snrDb] }, clips, noises);
      for (const { clip, at, gain } of spoken) {
        const { from, to, noise } = scenes.find((scene) => scene.from <= at && at < scene.to)!;
        assert.ok(noise !== null);
        const recording = noises[noise.index];
        let sum = 0;
        for (let k = 0; k < to - from; k++) sum += (recording[(noise.offset + k) % 100_000] * noise.gain) ** 2;
        const ratio = (clips[clip].level * gain) / Math.sqrt(sum / (to - from));
        assert.ok(Math.abs(20 * Math.log10(ratio) - snrDb) < 1e-6, `${20 * Math.log10(ratio)} dB`);
        assert.ok(clips[clip].peak * gain <= 32_767);
      }
    }
  });
});

describe('a rendered stream', () => {
  const pack = {
    read(index: number, target: Int16Array): void {
      for (let k = 0; k < target.length; k++) target[k] = 100 * index + (k % 100);
    },
  };
  const plan: StreamPlan = {
    samples: 50_123,
    scenes: [
      { from: 0, to: 20_000, noise: { index: 0, offset: 99_000, gain: 0.5 } },
      { from: 20_000, to: 30_000, noise: null },
      { from: 30_000, to: 50_123, noise: { index: 1, offset: 7, gain: 100 } },
    ],
    spoken: [
      { clip: 3, label: 0, at: 1234, wordFrom: 1234, wordTo: 9999, gain: 2 },
      { clip: 5, label: 1, at: 20_100, wordFrom: 20_100, wordTo: 29_999, gain: 0.25 },
    ],
  };

  test('is the clipped sum of noise and words, faded at their ends', () => {
    const all = new Int16Array(plan.samples);
    let at = 0;
    for (const second of renderStream(plan, pack, noises)) {
      all.set(second, at);
      at += second.length;
    }
    assert.equal(at, plan.samples);
    const fade = (k: number, length: number, over: number): number =>
      k < over ? (k + 0.5) / over : length - k <= over ? (length - k - 0.5) / over : 1;
    for (let n = 0; n < plan.samples; n++) {
      let value = 0;
      for (const { from, to, noise } of plan.scenes) {
        if (n < from || n >= to || noise === null) continue;
        const wave = noises[noise.index][(noise.offset + n - from) % 100_000];
        value += wave * noise.gain * fade(n - from, to - from, 800);
      }
      for (const { clip, at: begin, gain } of plan.spoken) {
        const k = n - begin;
        if (k >= 0 && k < 16_000) value += (100 * clip + (k % 100)) * gain * fade(k, 16_000, 160);
      }
      assert.equal(all[n] - Math.max(-32_768, Math.min(32_767, Math.round(value))), 0, `sample ${n}`);
    }
    assert.ok(all.includes(32_767), 'nothing was clipped');
  });
});

test('hits, misses, false accepts and latency of a tiny stream equal those counted by hand', () => {
  const labels = ['yes', 'no', '_unknown_'];
  // one inference every 100 ms; the winner has e^2.89 / (e^2.89 + 2) = 0.9
  const winners = '__yyyy____nn____yyy_____'.split('').map((letter) => 'yn_'.indexOf(letter));
  const answers: StreamAnswers = {
    scores: Int32Array.from(winners.flatMap((winner) => labels.map((_, k) => (k === winner ? 2890 : 0)))),
    samples: Float64Array.from(winners, (_, k) => k * 100 * MS),
  };
  const plan: StreamPlan = {
    samples: 2400 * MS,
    scenes: [],
    // yes is detected at 200, no at 1000; the yes at 1600 was another word, and the last no is missed
    spoken: [word(YES, 0, 150), word(NO, 850, 960), word(OTHER, 1600, 1700), word(NO, 2100, 2200)],
  };
  const kernel = openKernel(encodeModel({ ...randomQuantizedNetwork(1, { classes: 3 }), labels }));
  const replay = new Replay(kernel, [answers]);
  const scorer = new StreamScorer(replay, [plan]);
  const thresholds = [52_428, 52_428, 0];
  const times = { hop: 5, average: 1, minimumCount: 1, suppression: 0 };
  replay.use({ ...times, factor: factorOf(0.001), thresholds, curve: [] });
  const outcome = scorer.outcome(thresholds);
  assert.deepEqual(outcome, {
    hours: 2.4 / 3600,
    keywords: 3,
    hits: 2,
    missRate: 1 - 2 / 3,
    falseAccepts: 1,
    falseAcceptsPerHour: 1 / (2.4 / 3600),
    latencyMs: { median: 40, p95: 50 },
    perLabel: [
      { said: 1, hits: 1, falseAccepts: 1 },
      { said: 2, hits: 1, falseAccepts: 0 },
      { said: 0, hits: 0, falseAccepts: 0 },
    ],
  });
  // with a threshold above every probability, nothing is detected
  const strictest = scorer.sweep(thresholds).outcomes.at(-1)!;
  assert.deepEqual([strictest.missRate, strictest.falseAcceptsPerHour], [1, 0]);
});

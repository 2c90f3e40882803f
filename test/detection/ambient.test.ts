import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { encodeModel } from '../../host/core/model/index.js';
import { factorOf } from '../../host/core/quantization/index.js';
import { type AmbientPlan, planAmbient } from '../../host/detection/stream/ambient-plan.js';
import { renderAmbient } from '../../host/detection/stream/ambient-render.js';
import { ambientOutcomes, keepsAmbientBudget } from '../../host/detection/stream/ambient-score.js';
import type { StreamAnswers } from '../../host/detection/stream/listen-threads.js';
import { Replay } from '../../host/detection/stream/replay.js';
import { openKernel } from '../../host/model/index.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const RATE = 16_000;

/** Returns files of a kind, and their sounds: 1 to 30 seconds. */
const recordings = (kind: string, count: number) =>
  Array.from({ length: count }, (_, k) => ({
    file: { path: `${kind}/${k}.wav`, kind },
    sound: { at: 0, samples: RATE * (1 + ((7 * k) % 30)) + k, level: 300 + 10 * k, peak: 900 + 40 * k },
  }));
const all = [...recordings('speech', 60), ...recordings('music', 60), ...recordings('words', 60)];
const planOf = (seed: number, some = all): AmbientPlan[] =>
  planAmbient(
    seed,
    some.map(({ file }) => file),
    some.map(({ sound }) => sound),
  );

describe('planned ambient streams', () => {
  const plans = planOf(1);
  const gaps = (kind: string): number[] =>
    plans
      .filter((plan) => plan.kind === kind)
      .flatMap(({ played }) =>
        played.map(({ at }, k) => at - (k === 0 ? 0 : played[k - 1].at + played[k - 1].samples)),
      );

  test('play every recording once and whole, in order, one kind to a stream', () => {
    const played = plans.flatMap((plan) => plan.played.map((one) => ({ ...one, kind: plan.kind })));
    assert.deepEqual(
      played.map(({ sound, file, samples, kind }) => ({ sound, file, samples, kind })),
      all.map(({ file, sound }, k) => ({ sound: k, file: file.path, samples: sound.samples, kind: file.kind })),
    );
  });

  test('are ten minutes long at most, except for a recording that is longer', () => {
    for (const { samples } of plans) assert.ok(samples <= 600 * RATE);
    assert.equal(plans.filter(({ kind }) => kind === 'music').length, 2);
    const hour = { file: { path: 'a.wav', kind: 'tv' }, sound: { at: 0, samples: 3600 * RATE, level: 1, peak: 1 } };
    assert.deepEqual(
      planOf(1, [hour, ...recordings('tv', 1)]).map(({ samples }) => samples / RATE),
      [3601, 2],
    );
  });

  test('have pauses of 0.3 to 1 s in speech, 0.5 to 2.5 s between words, and none in other sound', () => {
    const within = (values: number[], low: number, high: number): void => {
      assert.ok(Math.min(...values) >= low * RATE && Math.max(...values) <= high * RATE);
      assert.ok(Math.max(...values) - Math.min(...values) > 0.8 * (high - low) * RATE, 'pauses hardly differ');
    };
    within(gaps('speech'), 0.3, 1);
    within(gaps('words'), 0.5, 2.5);
    assert.deepEqual(new Set(gaps('music')), new Set([0]));
  });

  test('bring every recording to a level from −40 to −20 dBFS, not above full scale', () => {
    const levels = plans.flatMap(({ played }) =>
      played.map(({ sound, gain }) => {
        assert.ok(all[sound].sound.peak * gain <= 32_767);
        return 20 * Math.log10((all[sound].sound.level * gain) / 32_768);
      }),
    );
    assert.ok(Math.min(...levels) > -40 && Math.min(...levels) < -39, `${Math.min(...levels)} dBFS`);
    assert.ok(Math.max(...levels) < -20 && Math.max(...levels) > -21, `${Math.max(...levels)} dBFS`);
  });

  test('are the same for the same seed, and differ for another', () => {
    assert.deepEqual(planOf(1), plans);
    assert.notDeepEqual(planOf(2), plans);
  });

  test('keep the level of every recording when another is left out', () => {
    const gains = (some: AmbientPlan[]) => some.flatMap(({ played }) => played.map(({ file, gain }) => [file, gain]));
    const without = planOf(
      1,
      all.filter((_, k) => k !== 10),
    );
    assert.deepEqual(
      gains(without),
      gains(plans).filter(([file]) => file !== all[10].file.path),
    );
  });
});

test('a rendered ambient stream is the recordings with their gains, faded at their ends, in silence', () => {
  const plan: AmbientPlan = {
    kind: 'tv',
    samples: 50_123,
    played: [
      { sound: 3, file: '', at: 1234, samples: 30_000, gain: 2 },
      { sound: 5, file: '', at: 31_234, samples: 100, gain: 0.25 },
    ],
  };
  const sample = (sound: number, at: number): number => 100 * sound + (at % 100);
  const pack = {
    read(sound: number, from: number, target: Int16Array): void {
      for (let k = 0; k < target.length; k++) target[k] = sample(sound, from + k);
    },
  };
  const rendered = new Int16Array(plan.samples);
  let at = 0;
  for (const second of renderAmbient(plan, pack)) {
    rendered.set(second, at);
    at += second.length;
  }
  assert.equal(at, plan.samples);
  for (let n = 0; n < plan.samples; n++) {
    let expected = 0;
    for (const { sound, at: begin, samples, gain } of plan.played) {
      const k = n - begin;
      if (k < 0 || k >= samples) continue;
      const fade = Math.min(1, (k + 0.5) / 160, (samples - k - 0.5) / 160);
      expected = Math.round(sample(sound, k) * gain * fade);
    }
    assert.equal(rendered[n], expected, `sample ${n}`);
  }
});

describe('false accepts in ambient sound', () => {
  const labels = ['yes', 'no', '_unknown_'];
  const thresholds = [52_428, 52_428, 0];
  const times = { hop: 5, average: 1, minimumCount: 1, suppression: 0 };
  const model = encodeModel({ ...randomQuantizedNetwork(1, { classes: 3 }), labels });
  /** Returns a detector for answers. */
  const replayOf = (answers: readonly StreamAnswers[]): Replay => {
    const replay = new Replay(openKernel(model), answers);
    replay.use({ ...times, factor: factorOf(0.001), thresholds, curve: [] });
    return replay;
  };
  /** Returns answers every 100 ms; the winner has e^2.89 / (e^2.89 + 2) = 0.9. */
  const answersOf = (winners: string): StreamAnswers => ({
    scores: Int32Array.from(
      [...winners].flatMap((letter) => labels.map((_, k) => (k === 'yn_'.indexOf(letter) ? 2890 : 0))),
    ),
    samples: Float64Array.from([...winners], (_, k) => (k + 1) * 0.1 * RATE),
  });
  const planFor = (kind: string, ...lengths: number[]): AmbientPlan => {
    let at = 0;
    const played = lengths.map((seconds, k) => {
      at += seconds * RATE;
      return { sound: k, file: `${kind}/${k}.wav`, at: at - seconds * RATE, samples: seconds * RATE, gain: 1 };
    });
    return { kind, samples: at + RATE, played };
  };
  const plans = [planFor('speech', 1, 1), planFor('music', 2), planFor('speech', 2), planFor('words', 2)];
  // yes at 0.3 s; no at 1.3 s, 0.3 s into the second recording; yes at 2.5 s, in the silence after it
  const answers = ['__yyy_______nn__________y_____', '_', '_n_', 'y'].map(answersOf);

  test('are counted for each kind, with the recording that was playing and the time in it', () => {
    const outcomes = ambientOutcomes(replayOf(answers), plans);
    const round = outcomes.map(({ kind, files, hours, falseAccepts, accepts }) => ({
      ...{ kind, files, falseAccepts, seconds: Math.round(hours * 3600) },
      accepts: accepts.map(
        ({ word, file, timeMs, score }) => `${word} ${file} ${Math.round(timeMs)} ${score.toFixed(2)}`,
      ),
    }));
    assert.deepEqual(round, [
      {
        ...{ kind: 'speech', files: 3, falseAccepts: 4, seconds: 6 },
        accepts: [
          'yes speech/0.wav 300 0.90',
          // most of the second before it is still the first recording
          'no speech/0.wav 1000 0.90',
          // in the silence after the second recording
          'yes speech/1.wav 1000 0.90',
          'no speech/0.wav 200 0.90',
        ],
      },
      { kind: 'music', files: 1, falseAccepts: 0, seconds: 3, accepts: [] },
      { kind: 'words', files: 1, falseAccepts: 1, seconds: 3, accepts: ['yes words/0.wav 100 0.90'] },
    ]);
    assert.deepEqual(
      outcomes.map(({ falseAcceptsPerHour }) => Math.round(falseAcceptsPerHour)),
      [2400, 0, 1200],
    );
  });

  test('are kept within a budget an hour in each kind but isolated words', () => {
    assert.ok(keepsAmbientBudget(replayOf(answers), plans, 2400));
    assert.ok(!keepsAmbientBudget(replayOf(answers), plans, 2399));
    assert.ok(keepsAmbientBudget(replayOf(answers.slice(3)), plans.slice(3), 0));
  });
});

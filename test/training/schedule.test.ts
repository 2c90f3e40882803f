import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { learningRateAt, type ScheduleSettings } from '../../host/core/training/schedule.js';

const cosine: ScheduleSettings = {
  kind: 'cosine',
  learningRate: 0.004,
  warmupEpochs: 2,
  milestones: [0.5, 0.75],
  factor: 0.1,
};

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) <= 1e-12, `${actual}, expected ${expected}`);
}

describe('learning rate', () => {
  test('climbs linearly through the warm-up', () => {
    // 10 epochs of 25 steps: 50 steps of warm-up.
    near(learningRateAt(cosine, 0, 250, 25), 0.004 / 50);
    near(learningRateAt(cosine, 24, 250, 25), 0.002);
    near(learningRateAt(cosine, 49, 250, 25), 0.004);
  });

  test('falls along half a cosine after the warm-up', () => {
    near(learningRateAt(cosine, 50, 250, 25), 0.004);
    near(learningRateAt(cosine, 100, 250, 25), 0.004 * ((1 + Math.SQRT1_2) / 2));
    near(learningRateAt(cosine, 150, 250, 25), 0.002);
    near(learningRateAt(cosine, 200, 250, 25), 0.004 * ((1 - Math.SQRT1_2) / 2));
  });

  test('is almost 0 at the last step', () => {
    const last = learningRateAt(cosine, 249, 250, 25);
    assert.ok(last > 0 && last < 0.004 * 1e-4, `${last}`);
  });

  test('falls by the factor at each milestone of a step schedule', () => {
    const step = { ...cosine, kind: 'step', warmupEpochs: 0 } as const;
    const at = (s: number): number => learningRateAt(step, s, 200, 20);
    near(at(0), 0.004);
    near(at(99), 0.004);
    near(at(100), 0.0004);
    near(at(149), 0.0004);
    near(at(150), 0.00004);
    near(at(199), 0.00004);
  });

  test('spends at most half of a short run on the warm-up', () => {
    near(learningRateAt(cosine, 4, 10, 10), 0.004);
    near(learningRateAt(cosine, 5, 10, 10), 0.004);
    assert.ok(learningRateAt(cosine, 9, 10, 10) < 0.004);
  });
});

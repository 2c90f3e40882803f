import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { boundsFault, channelBounds, INT16, INT32, proveClassifier } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';

/** Returns the values that a channel can really reach, by trying every train of spikes on every input. */
function exhaustively(weights: number[], bias: number, thresholds: number[]) {
  const reached = { current: { min: Infinity, max: -Infinity }, membrane: { min: 0, max: 0 } };
  const follow = (v: number, t: number): void => {
    if (t === thresholds.length) return;
    for (let spikes = 0; spikes < 1 << weights.length; spikes++) {
      const current = weights.reduce((sum, w, k) => sum + ((spikes >> k) & 1) * w, bias);
      const h = v + current;
      const next = h >= thresholds[t] ? h - thresholds[t] : h;
      reached.current.min = Math.min(reached.current.min, current);
      reached.current.max = Math.max(reached.current.max, current);
      reached.membrane.min = Math.min(reached.membrane.min, h, next);
      reached.membrane.max = Math.max(reached.membrane.max, h, next);
      follow(next, t + 1);
    }
  };
  follow(0, 0);
  return reached;
}

describe('the bounds of a channel', () => {
  test('contain every value that an input can reach, and the current reaches its bounds', () => {
    const random = new Random(3);
    let exact = 0;
    const channels = 300;
    for (let n = 0; n < channels; n++) {
      const draw = (spread: number): number => random.below(2 * spread + 1) - spread;
      const weights = Array.from({ length: 1 + random.below(4) }, () => draw(127));
      const shortcut = weights.splice(random.below(weights.length + 1));
      const bias = draw(60);
      const thresholds = Array.from({ length: 1 + random.below(3) }, () => 1 + random.below(200));
      const { current, membrane } = channelBounds({ weights, shortcut, bias, thresholds }, false);
      const reached = exhaustively([...weights, ...shortcut], bias, thresholds);
      const what = JSON.stringify({ weights, shortcut, bias, thresholds, membrane, reached });
      assert.deepEqual(current, reached.current, what);
      assert.ok(membrane.min <= reached.membrane.min && membrane.max >= reached.membrane.max, what);
      if (membrane.min === reached.membrane.min && membrane.max === reached.membrane.max) exact++;
    }
    // intervals cannot express that membranes just below and far below the threshold need different inputs
    assert.ok(exact > 0.6 * channels, `${exact} of ${channels} are exact`);
  });

  test('of the stem assume features from −128 to 127', () => {
    const { current } = channelBounds({ weights: [3, -2], shortcut: [], bias: 5, thresholds: [9] }, true);
    assert.deepEqual(current, { min: 5 - 128 * 3 - 127 * 2, max: 5 + 127 * 3 + 128 * 2 });
  });

  test('are refused just beyond int16, or int32 for the stem, but not at the limit', () => {
    const fault = (weights: number[], bias: number, thresholds: number[], stem: boolean): string | null =>
      boundsFault(channelBounds({ weights, shortcut: [], bias, thresholds }, stem), stem);
    assert.equal(fault([100], INT16.max - 100, [1], false), null);
    assert.match(fault([100], INT16.max - 99, [1], false) ?? '', /current can reach 32768, above 32767/);
    assert.equal(fault([-100], INT16.min + 100, [1], false), null);
    assert.match(fault([-100], INT16.min + 99, [1], false) ?? '', /current can reach -32769, below -32768/);
    assert.equal(fault([1], INT32.max - 127, [1], true), null);
    assert.match(fault([1], INT32.max - 126, [1], true) ?? '', /current can reach 2147483648, above 2147483647/);
    // twice the current is too much for the membrane if no spike subtracts from it
    assert.match(fault([1], 2 ** 30, [INT32.max, INT32.max], true) ?? '', /membrane can reach 2147483902/);
    assert.equal(fault([1], 2 ** 30 - 128, [INT32.max, INT32.max], true), null);
  });

  test('of a logit are refused just beyond int32', () => {
    const plan = planNetwork(presetNetwork('tiny', { classes: 1 }));
    const { channels, positions } = plan.classifier;
    const weights = new Int8Array(channels).fill(100);
    const most = 100 * channels * positions * plan.timesteps;
    proveClassifier(plan, weights, Int32Array.of(INT32.max - most));
    assert.throws(() => proveClassifier(plan, weights, Int32Array.of(INT32.max - most + 1)), NetworkError);
  });
});

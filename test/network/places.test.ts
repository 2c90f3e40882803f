import assert from 'node:assert/strict';
import { test } from 'node:test';
import { placesInTime, planNetwork, presetNetwork } from '../../host/core/network/index.js';

/** Returns the frames of the features that a position depends on, found by following every tap. */
function framesBehind(spec: Parameters<typeof planNetwork>[0], layer: number, position: number): Set<number> {
  const plan = planNetwork(spec);
  const { source, convolution } = plan.layers[layer];
  const taps = Array.from(
    { length: convolution.kernel[0] },
    (_, tap) => position * convolution.stride[0] + tap - convolution.padding[0],
  );
  if (source < 0) return new Set(taps);
  return new Set(taps.flatMap((tap) => [...framesBehind(spec, source, tap)]));
}

for (const preset of ['listen', 'small', 'tiny']) {
  test(`a position of ${preset} stands in the middle of the frames that it depends on`, () => {
    const spec = presetNetwork(preset, { classes: 3 });
    const { layers } = planNetwork(spec);
    for (const [layer, { first, step }] of placesInTime(planNetwork(spec)).entries()) {
      for (const position of [0, 1, layers[layer].convolution.output.frames - 1]) {
        const frames = [...framesBehind(spec, layer, position)];
        const middle = (Math.min(...frames) + Math.max(...frames)) / 2;
        assert.equal(first + position * step, middle, `layer ${layer}, position ${position}`);
      }
    }
  });
}

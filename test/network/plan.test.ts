import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { checkSpec, PRESET_NAMES, planNetwork, presetNetwork } from '../../host/core/network/index.js';

describe('presets', () => {
  const budgets = { tiny: [30_000, 0.8e6], small: [80_000, 2.5e6], base: [150_000, 5e6] } as const;
  for (const [name, [weights, macs]] of Object.entries(budgets)) {
    test(`${name} is within its budget with 35 classes`, () => {
      const plan = planNetwork(presetNetwork(name, { classes: 35 }));
      assert.ok(plan.weights <= weights, `${plan.weights} weights`);
      assert.ok(plan.macsPerTimestep <= macs, `${plan.macsPerTimestep} MACs`);
    });
  }

  test('paper is ResNet-18: 18 weighted layers without the projections, 11.2 million weights', () => {
    const plan = planNetwork(presetNetwork('paper', { classes: 35 }));
    assert.equal(plan.layers.length + 1, 18);
    // 64·1·9 for the stem, then 2·(2 convolutions) per stage and a 1 × 1 projection where the width changes
    const stage = (from: number, to: number): number => from * to * 9 + 3 * to * to * 9 + (from === to ? 0 : from * to);
    const convolutions = 64 * 9 + stage(64, 64) + stage(64, 128) + stage(128, 256) + stage(256, 512);
    assert.equal(plan.weights, convolutions + 35 * 512);
  });

  test('the reference network has 77,872 weights with batch norm, and 6.0 million MACs after the stem', () => {
    const plan = planNetwork(presetNetwork('reference', { classes: 12 }));
    const batchNorm = plan.layers.reduce((sum, { convolution: c, shortcut }) => {
      return sum + 2 * c.output.channels * (shortcut?.kind === 'projection' ? 2 : 1);
    }, 0);
    assert.equal(plan.weights + batchNorm, 77_872);
    assert.equal(plan.macsPerTimestep - plan.layers[0].macs, 5_996_544);
  });

  // The published implementations for CIFAR-10 have 11,173,962 and 14,728,266 parameters: batch norm has two for each
  // channel, and the convolutions of that VGG-16 have biases.
  for (const [name, parameters, bias, layers] of [
    ['cifar-resnet-18', 11_173_962, 0, 18],
    ['cifar-vgg-16', 14_728_266, 1, 14],
  ] as const) {
    test(`${name} has the parameters of the published network`, () => {
      const plan = planNetwork(presetNetwork(name, { classes: 10 }));
      assert.equal(plan.layers.length + 1, layers);
      const channels = plan.layers.reduce((sum, { convolution: c, shortcut }) => {
        return sum + c.output.channels * (shortcut?.kind === 'projection' ? 2 : 1);
      }, 0);
      assert.equal(plan.weights + (2 + bias) * channels + 10, parameters);
    });
  }

  test('cifar-vgg-16 halves its pictures before each stage but the first, and has no shortcut', () => {
    const { layers, classifier } = planNetwork(presetNetwork('cifar-vgg-16', { classes: 100 }));
    assert.deepEqual(
      layers.map(({ convolution: { output } }) => output.frames),
      [32, 32, 16, 16, 8, 8, 8, 4, 4, 4, 2, 2, 2],
    );
    assert.deepEqual(layers[0].convolution.input, { channels: 3, frames: 32, bands: 32 });
    assert.ok(layers.every(({ shortcut, source }, k) => shortcut === null && source === k - 1));
    assert.deepEqual(
      [layers[1].name, layers[4].name, layers[12].name],
      ['stage1.block1.conv1', 'stage3.block1.conv1', 'stage5.block3.conv1'],
    );
    assert.deepEqual(classifier, { channels: 512, positions: 4, classes: 100 });
  });

  test('every preset passes its own check', () => {
    for (const name of PRESET_NAMES) checkSpec(JSON.parse(JSON.stringify(presetNetwork(name, { classes: 3 }))));
  });
});

describe('planNetwork', () => {
  test('a 1-D network keeps its coefficients as channels and one band', () => {
    const plan = planNetwork(presetNetwork('small', { classes: 17 }));
    assert.deepEqual(plan.layers[0].convolution.input, { channels: 10, frames: 49, bands: 1 });
    assert.deepEqual(
      plan.layers.map(({ convolution: { output } }) => [output.channels, output.frames, output.bands]),
      [
        [32, 49, 1],
        [32, 49, 1],
        [32, 49, 1],
        [48, 25, 1],
        [48, 25, 1],
        [64, 13, 1],
        [64, 13, 1],
        [64, 13, 1],
        [64, 13, 1],
      ],
    );
    assert.deepEqual(
      plan.layers.map(({ source, shortcut }) => [source, shortcut?.kind ?? null, shortcut?.source ?? null]),
      [
        [-1, null, null],
        [0, null, null],
        [1, 'identity', 0],
        [2, null, null],
        [3, 'projection', 2],
        [4, null, null],
        [5, 'projection', 4],
        [6, null, null],
        [7, 'identity', 6],
      ],
    );
  });

  test('strides halve both axes of a 2-D network, rounding up', () => {
    const plan = planNetwork(presetNetwork('paper', { classes: 12 }));
    const { frames, bands } = plan.layers[plan.layers.length - 1].convolution.output;
    assert.deepEqual([frames, bands], [6, 2]);
    assert.deepEqual(plan.classifier, { channels: 512, positions: 12, classes: 12 });
  });

  test('relu networks compute one timestep', () => {
    assert.equal(planNetwork(presetNetwork('tiny', { classes: 2, neuron: 'relu' })).timesteps, 1);
  });
});

describe('checkSpec', () => {
  const good = presetNetwork('small', { classes: 17 });
  const faults: [string, object, RegExp][] = [
    ['an even kernel', { stem: { ...good.stem, kernel: [4, 1] } }, /stem\.kernel is \[4,1\], expected odd/],
    ['a stride of 0', { stages: [{ ...good.stages[0], stride: [0, 1] }] }, /stages\[0\]\.stride is 0/],
    ['a neuron that does not exist', { neuron: 'lif' }, /neuron is "lif", expected if, atif-u/],
    ['a 1-D network with frequency', { stem: { ...good.stem, kernel: [3, 3] } }, /spans frequency/],
    ['no timesteps', { timesteps: 0 }, /timesteps is 0/],
    ['text as channels', { stem: { ...good.stem, channels: '8' } }, /stem\.channels is "8"/],
    ['missing stages', { stages: undefined }, /stages is missing/],
  ];
  for (const [name, change, message] of faults) {
    test(`refuses ${name}`, () => {
      assert.throws(
        () => checkSpec({ ...good, ...change }),
        (error) => error instanceof NetworkError && message.test(error.message),
      );
    });
  }

  test('names a preset that does not exist, and lists those that do', () => {
    assert.throws(() => presetNetwork('huge', { classes: 2 }), /"huge" does not exist; choose from tiny, small/);
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ModelError } from '../../host/core/error.js';
import { Kernel } from '../../host/core/kernel/index.js';
import { decodeModel, embedModel, encodeModel, extractModel } from '../../host/core/model/index.js';
import { planNetwork, presetNetwork } from '../../host/core/network/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { openKernel, readModel } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/package-files.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { GuardedKernel } from './guarded-kernel.js';
import { repair } from './mutate.js';
import { tinyNetworks } from './tiny-networks.js';

/** Returns a copy with a changed word at `offset` of section `kind` (1 to 6), or of the file for kind 0. */
function patched(model: Uint8Array, kind: number, offset: number, write: (view: DataView, at: number) => void) {
  const bytes = model.slice();
  const view = new DataView(bytes.buffer);
  const start = kind === 0 ? 0 : view.getUint32(20 + (kind - 1) * 12 + 4, true);
  write(view, start + offset);
  if (kind !== 0) repair(bytes);
  return bytes;
}

const word =
  (value: number) =>
  (view: DataView, at: number): void =>
    view.setUint32(at, value, true);
const half =
  (value: number) =>
  (view: DataView, at: number): void =>
    view.setUint16(at, value, true);

describe('a model file', () => {
  test('decodes to what was encoded, for every kind of network', () => {
    for (let seed = 0; seed < 60; seed++) {
      const network = randomQuantizedNetwork(seed);
      assert.deepEqual(decodeModel(encodeModel(network), 'model.spkw'), network, `seed ${seed}`);
    }
  });

  test('keeps labels beyond ASCII and the provenance', () => {
    const network: QuantizedNetwork = {
      ...randomQuantizedNetwork(1, { classes: 3 }),
      labels: ['はい', 'non', '_silence_'],
      provenance: {
        spikeword: '1.2.3',
        task: 'はい,non,_silence_',
        dataset: 'two words é',
        seed: 4_000_000_000,
        epochs: 12,
        validationAccuracyFloat: 0.93,
        validationAccuracy: null,
      },
    };
    assert.deepEqual(decodeModel(encodeModel(network), 'model.spkw'), network);
  });

  test('has version 1, which older firmware reads, unless the network has no padding or decides early', () => {
    for (const network of tinyNetworks()) {
      const version = network.early !== undefined ? 3 : network.spec.padding === 'valid' ? 2 : 1;
      assert.equal(encodeModel(network)[4], version);
    }
  });

  test('of preset listen has less than 200 KB and at most 200,000 weights', () => {
    const spec = presetNetwork('listen', { classes: 12, neuron: 'atif-nu' });
    const plan = planNetwork(spec);
    assert.ok(plan.weights <= 200_000, `${plan.weights} weights`);
    const model = encodeModel(randomQuantizedNetwork(1, { spec }));
    assert.ok(model.length < 200_000, `${model.length} bytes`);
    assert.ok(openKernel(model).ramBytes < 40_960, `${openKernel(model).ramBytes} bytes of RAM`);
  });

  test('of preset small has less than 200 KB, and the kernel needs less than half a page of RAM', () => {
    const spec = presetNetwork('small', { classes: 17, neuron: 'atif-nu' });
    const model = encodeModel(randomQuantizedNetwork(1, { spec }));
    assert.ok(model.length < 200_000, `${model.length} bytes`);
    assert.ok(openKernel(model).ramBytes < 32_768);
  });

  test('is not written for a network that does not spike, does not fit or is not proven', () => {
    const [, network] = tinyNetworks();
    const refuses = (changed: QuantizedNetwork, message: RegExp): void => {
      assert.throws(() => encodeModel(changed), { name: 'ModelError', message });
    };
    refuses({ ...network, spec: { ...network.spec, neuron: 'relu' } }, /neuron relu does not spike/);
    refuses({ ...network, labels: ['one'] }, /labels has 1 values, expected 3/);
    const layers = network.layers.slice();
    layers[1] = { ...layers[1], bias: layers[1].bias.map(() => 40_000) };
    refuses({ ...network, layers }, /stage1\.block1\.conv1, channel 0: the current can reach/);
    layers[1] = { ...network.layers[1], bounds: { ...network.layers[1].bounds, currentMax: 5 } };
    refuses({ ...network, layers }, /currentMax is 5, but the weights give/);
    refuses(
      { ...network, labels: ['one', 'two', '\x1b[31mthree'] },
      /label "\\u001b\[31mthree" contains a control character/,
    );
    refuses({ ...network, provenance: { ...network.provenance, dataset: 'a\0b' } }, /provenance .* control character/);
    layers[1] = { ...network.layers[1], thresholds: network.layers[1].thresholds.map(() => 0) };
    refuses({ ...network, layers }, /threshold 0 is not positive/);
  });
});

describe('a bad model file is refused by the reader and the kernel, with the reason:', () => {
  const [, network] = tinyNetworks();
  const model = encodeModel(network);
  const record = (layer: number): number => 44 + 60 * layer;
  const faults: readonly [string, Uint8Array, RegExp, number][] = [
    ['an empty file', new Uint8Array(0), /does not begin with SPKW/, 2],
    ['cut off inside the header', model.slice(0, 40), /only 40 bytes long: cut off inside the 92-byte header/, 2],
    ['a wrong magic number', patched(model, 0, 0, word(0x04034b50)), /does not begin with SPKW/, 3],
    [
      'a newer format version',
      patched(model, 0, 4, word(4)),
      /format version 4; this spikeword reads versions 1 to 3/,
      4,
    ],
    [
      'an older format version',
      patched(model, 0, 4, word(0)),
      /format version 0; this spikeword reads versions 1 to 3/,
      4,
    ],
    ['another version than its sections', patched(model, 0, 4, word(2)), /6 sections, expected 7/, 7],
    ['an unknown padding', patched(model, 3, 2, half(2)), /padding 2, expected 0 to 1/, 10],
    [
      'no padding where its layers have some',
      patched(model, 3, 2, half(1)),
      /network\.input\.frames is \d+, expected \d+/,
      11,
    ],
    ['a truncated file', model.slice(0, -4), /bytes, but the header says/, 5],
    [
      'a flipped bit',
      patched(model, 0, 500, (v, at) => v.setUint8(at, v.getUint8(at) ^ 8)),
      /damaged: CRC-32 is 0x/,
      6,
    ],
    ['a section that moved', patched(model, 0, 24, word(96)), /section features begins at 96, expected 92/, 7],
    ['a section beyond the end', patched(model, 0, 88, word(1e9)), /section provenance of 1000000000 bytes/, 7],
    ['a multiplier of zero', patched(model, 1, 48, word(0)), /feature multiplier 0/, 8],
    [
      'one label too many',
      patched(model, 2, 0, word(4)),
      /contains 3 labels and declares 4, but the network has 3 classes/,
      9,
    ],
    [
      'a label without an end',
      patched(model, 2, 9, word(0x78787878)),
      /contains 2 labels and declares 3, but the network has 3 classes/,
      9,
    ],
    [
      'a label that continues beyond its section',
      patched(model, 2, 6, (v, at) => {
        v.setUint8(at, 0);
        v.setUint8(at - 6 + 4 + 17, 0x78);
      }),
      /the last label does not end with a zero byte/,
      9,
    ],
    [
      'thresholds for only some timesteps',
      patched(model, 3, record(1) + 24, word(2)),
      /2 rows of thresholds, expected 1 or 3/,
      11,
    ],
    ['no timesteps', patched(model, 3, 8, word(0)), /timesteps is 0/, 10],
    ['no layers', patched(model, 3, 40, word(0)), /does not match 0 layers/, 10],
    ['an even kernel', patched(model, 3, record(0) + 16, (v, at) => v.setUint8(at, 2)), /kernel is \[2,1\]/, 11],
    [
      'a layer that does not fit its neighbour',
      patched(model, 3, record(1) + 4, half(6)),
      /stage1\.block1\.conv1: input channels is 6, but its neighbours need 5/,
      11,
    ],
    [
      'a shortcut of another kind',
      patched(model, 3, record(4) + 20, (v, at) => v.setUint8(at, 1)),
      /stage2\.block1\.conv2: shortcut is 1, but its neighbours need 2/,
      11,
    ],
    [
      'a projection that samples beyond the end of its input',
      patched(model, 3, record(4) + 22, (v, at) => v.setUint8(at, 3)),
      /shortcut stride in time is 3, but its neighbours need 2/,
      11,
    ],
    [
      'an offset outside the file',
      patched(model, 3, record(1) + 36, word(0x7ffffffc)),
      /weights of 120 bytes at 2147483644, outside the weights at/,
      12,
    ],
    [
      'an unaligned offset',
      patched(model, 3, record(1) + 36, (v, at) => word(v.getUint32(at, true) + 1)(v, at)),
      /outside the weights/,
      12,
    ],
    ['a threshold of zero', patched(model, 4, 32, word(0)), /stem, channel 0: threshold 0 is not positive/, 13],
  ];
  // the CRC is repaired only if the fault is after the header
  const kernel = new GuardedKernel('kernel', 40_000);
  const features = speechLikeFeatures(network, 1);
  for (const [name, bytes, message, code] of faults) {
    if (code === 7) repair(bytes);
    test(name, () => {
      assert.throws(
        () => decodeModel(bytes, 'broken.spkw'),
        (error) =>
          error instanceof ModelError && error.message.startsWith('broken.spkw: ') && message.test(error.message),
        `expected ${message}`,
      );
      assert.equal(kernel.run(bytes, features).error, code);
    });
  }

  /** Returns every offset that the kernel follows: its position in the network section and the bytes it points to. */
  function pointers(): { name: string; at: number; bytes: number }[] {
    const padded = (channels: number): number => Math.ceil(channels / 8) * 8;
    const { timesteps } = network.spec;
    const found = planNetwork(network.spec).layers.flatMap(({ name, convolution, shortcut }, k) => {
      const { input, output, kernel: taps } = convolution;
      const row = padded(output.channels);
      const entering = shortcut?.kind === 'projection' ? shortcut.convolution.input.channels : 2;
      return [
        { name: `${name} bias`, at: record(k) + 28, bytes: row * (k === 0 ? 4 : 2) },
        { name: `${name} thresholds`, at: record(k) + 32, bytes: row * 4 * timesteps },
        { name: `${name} weights`, at: record(k) + 36, bytes: row * taps[0] * taps[1] * input.channels },
        ...(shortcut === null ? [] : [{ name: `${name} shortcut`, at: record(k) + 40, bytes: row * entering }]),
      ];
    });
    const { classes, channels } = planNetwork(network.spec).classifier;
    return [
      ...found,
      { name: 'classifier weights', at: 32, bytes: classes * channels },
      { name: 'classifier bias', at: 36, bytes: classes * 4 },
    ];
  }

  test('offsets that leave the weights by one word', () => {
    const view = new DataView(model.buffer);
    const [start, length] = [4, 8].map((at) => view.getUint32(20 + 3 * 12 + at, true));
    const last = (bytes: number): number => (start + length - bytes) & ~3;
    for (const { name, at, bytes } of pointers()) {
      assert.equal(kernel.run(patched(model, 3, at, word(last(bytes) + 4)), features).error, 12, `${name}, behind`);
      assert.equal(kernel.run(patched(model, 3, at, word(start - 4)), features).error, 12, `${name}, before`);
      // 13 means that the kernel reached the thresholds, but the bytes there are not thresholds
      const inside = kernel.run(patched(model, 3, at, word(last(bytes))), features).error;
      assert.ok(inside === 0 || (inside === 13 && name.endsWith('thresholds')), `${name}, last place: ${inside}`);
    }
  });

  test('a stated bound that differs from that of the weights', () => {
    const bytes = patched(model, 3, record(1) + 48, word(1));
    assert.throws(() => decodeModel(bytes, 'x'), { message: /currentMax is 1, but the weights give/ });
  });

  test('unused bytes with a wrong value', () => {
    const bytes = patched(model, 4, 20, word(77));
    assert.throws(() => decodeModel(bytes, 'x'), {
      message: /byte \d+ \(weights\) is not what spikeword would write for this content/,
    });
  });

  test('spikes in channels that only pad a row, which the kernel does not output', () => {
    const bytes = model.slice();
    const view = new DataView(bytes.buffer);
    const records = view.getUint32(48, true) + 44;
    for (let layer = 1; layer < network.layers.length; layer++) {
      const { length: channels } = network.layers[layer].bias;
      const thresholds = view.getUint32(records + 60 * layer + 32, true);
      const rows = view.getUint32(records + 60 * layer + 24, true);
      const padded = Math.ceil(channels / 8) * 8;
      for (let t = 0; t < rows; t++) {
        for (let c = channels; c < padded; c++) view.setInt32(thresholds + (t * padded + c) * 4, -5, true);
      }
    }
    repair(bytes);
    assert.throws(() => decodeModel(bytes, 'x'), { message: /is not what spikeword would write for this content/ });
    assert.deepEqual(kernel.run(bytes, features), { error: 0, scores: judge(network, features).scores });
  });

  test('more operations than a 32-bit counter can count', () => {
    const spec = {
      ...network.spec,
      dimensions: 2 as const,
      neuron: 'if' as const,
      timesteps: 32,
      stem: { channels: 64, kernel: [1, 1], stride: [1, 1] } as const,
      stages: [{ blocks: 1, channels: 64, kernel: [3, 3], stride: [1, 1] }] as const,
    };
    const bytes = encodeModel(randomQuantizedNetwork(1, { spec }));
    const view = new DataView(bytes.buffer);
    const section = (kind: number): number => view.getUint32(20 + (kind - 1) * 12 + 4, true);
    view.setUint32(section(1), 1024, true);
    for (const layer of [0, 1, 2]) {
      view.setUint16(section(3) + record(layer) + 6, 1024, true);
      view.setUint16(section(3) + record(layer) + 12, 1024, true);
    }
    repair(bytes);
    assert.throws(() => decodeModel(bytes, 'x'), { message: /more operations than 32 bits can count/ });
    assert.equal(kernel.run(bytes, features).error, 14);
  });

  test('more RAM than there is, except on a computer, which provides it', () => {
    const spec = {
      ...network.spec,
      input: { frames: 1024, coefficients: 10 },
      dimensions: 2 as const,
    };
    const large = randomQuantizedNetwork(1, { spec });
    const bytes = encodeModel(large);
    assert.equal(kernel.run(bytes, features).error, 15);
    const onComputer = openKernel(bytes);
    assert.ok(onComputer.ramBytes > 65_536);
    const map = speechLikeFeatures(large, 3);
    assert.deepEqual([...onComputer.infer(map).scores], judge(large, map).scores);
  });
});

describe('a module with its model', () => {
  const [, , network] = tinyNetworks();
  const model = encodeModel(network);

  test('computes the same as the judge without a loader', () => {
    const features = speechLikeFeatures(network, 4);
    const kernel = Kernel.fromModule(embedModel(model, wasmBytes('kernel')), network);
    assert.deepEqual([...kernel.infer(features).scores], judge(network, features).scores);
  });

  test('has no imports', () => {
    assert.deepEqual(
      WebAssembly.Module.imports(new WebAssembly.Module(embedModel(model, wasmBytes('kernel')).slice())),
      [],
    );
  });

  test('stores a model that needs more than one page of RAM above that RAM', () => {
    const spec = { ...network.spec, input: { frames: 1024, coefficients: 10 } };
    const large = randomQuantizedNetwork(5, { spec });
    const bytes = encodeModel(large);
    const features = speechLikeFeatures(large, 4);
    const kernel = Kernel.fromModule(embedModel(bytes, wasmBytes('kernel'), openKernel(bytes).ramBytes), large);
    assert.deepEqual([...kernel.infer(features).scores], judge(large, features).scores);
  });

  test('gives back its model, also from a file', () => {
    assert.deepEqual(extractModel(embedModel(model, wasmBytes('kernel')), 'model.wasm'), model);
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-'));
    try {
      const content = new Uint8Array(embedModel(model, wasmBytes('kernel')));
      writeFileSync(join(folder, 'model.wasm'), content);
      assert.deepEqual(readModel(join(folder, 'model.wasm')), { content, bytes: model, network });
      assert.throws(() => readModel(join(folder, 'none.spkw')), { name: 'ModelError', message: /cannot be read/ });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test('is distinguished from a kernel without a model', () => {
    assert.throws(() => extractModel(wasmBytes('kernel'), 'kernel.wasm'), {
      name: 'ModelError',
      message: 'kernel.wasm: a WebAssembly module without a model',
    });
    assert.throws(() => Kernel.fromModule(wasmBytes('kernel').slice(0, 900), network), {
      name: 'ModelError',
      message: /^the module cannot be started: /,
    });
    assert.throws(() => Kernel.fromModule(wasmBytes('kernel'), network), {
      name: 'ModelError',
      message: /this module has no embedded model/,
    });
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { operatingPointOf } from '../../host/core/detection/index.js';
import { checkAbi, type Kernel, type KernelExports, QUERY } from '../../host/core/kernel/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { columnsOf, type NeuronKind, planNetwork } from '../../host/core/network/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { openKernel } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/index.js';
import { featureMaps } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { Agreement } from './agreement.js';

const NEURONS: readonly NeuronKind[] = ['if', 'atif-u', 'atif-nu'];

/** Noise that swells and fades, int16: features from one end of their range to the other. */
function noise(random: Random, samples: number): Int16Array {
  let level = 1000;
  return Int16Array.from({ length: samples }, (_, n) => {
    if (n % 400 === 0) level = 10 ** (1 + 3.3 * random.uniform());
    return Math.max(-32768, Math.min(32767, Math.round(level * random.normal())));
  });
}

/**
 * Pushes a stream in pieces of random sizes through both kernels, and compares every result with what the judge makes
 * of the last frames from scratch: every score, and every spike of the hop. Returns how many results there were.
 */
function checkStream(network: QuantizedNetwork, kernels: readonly Kernel[], random: Random, frames: number): number {
  const plan = planNetwork(network.spec);
  const { hop } = columnsOf(plan.layers);
  const samples = noise(random, 320 * frames + 192);
  for (const kernel of kernels) kernel.beginStream();
  let results = 0;
  let ready = 0;
  for (let at = 0; at < samples.length; ) {
    const piece = samples.subarray(at, at + 1 + random.below(320));
    at += piece.length;
    const heard = kernels.map((kernel) => kernel.listen(piece));
    const complete = Math.max(0, Math.floor((at - 512) / 320) + 1);
    const due =
      complete > ready && complete >= plan.spec.input.frames && (complete - plan.spec.input.frames) % hop === 0;
    ready = complete;
    kernels.forEach((kernel, k) => {
      const where = `kernel ${k}, after ${at} samples, ${complete} frames`;
      assert.equal(heard[k] !== null, due, `${where}: result`);
      const result = heard[k];
      if (result === null) return;
      const expected = judge(network, kernel.currentFeatures());
      assert.deepEqual(Array.from(result.scores), expected.scores, `${where}: scores`);
      assert.equal(result.class, expected.class, `${where}: class`);
      kernel.heardSpikes().forEach((fresh, layer) => {
        const { channels, frames: all, bands } = plan.layers[layer].convolution.output;
        const columns = fresh.length / (plan.timesteps * channels * bands);
        // [timestep][channel][frame][band]: the last columns of the judge's
        const last = expected.spikes[layer].filter((_, n) => Math.floor(n / bands) % all >= all - columns);
        assert.deepEqual(fresh, last, `${where}: spikes of ${plan.layers[layer].name}`);
        assert.equal(result.spikes[layer], fresh.filter((spike) => spike === 1).length, `${where}: spike count`);
      });
      results++;
    });
  }
  return results;
}

describe('a network without padding', () => {
  for (const neuron of NEURONS) {
    for (const dimensions of [1, 2] as const) {
      test(`gives the judge's spikes for a window, ${dimensions}-D, ${neuron}`, () => {
        for (let seed = 0; seed < 8; seed++) {
          const network = randomQuantizedNetwork(seed * 7 + dimensions, { neuron, dimensions, padding: 'valid' });
          const agreement = new Agreement(network);
          for (const { name, features } of featureMaps(network, seed))
            agreement.check(features, `seed ${seed}, ${name}`);
        }
      });

      test(`gives at each hop of a stream what the judge gives for the last frames, ${dimensions}-D, ${neuron}`, () => {
        for (let seed = 0; seed < 12; seed++) {
          const network = randomQuantizedNetwork(seed * 7 + dimensions, { neuron, dimensions, padding: 'valid' });
          const model = encodeModel(network);
          const kernels = [openKernel(model), openKernel(model, { dense: true })];
          const random = new Random(seed);
          const { frames } = network.spec.input;
          const { hop } = columnsOf(planNetwork(network.spec).layers);
          // twice, so that nothing of the first stream is left in the second
          for (const more of [2, 4]) {
            const results = checkStream(network, kernels, random, frames + more * hop);
            assert.equal(results, kernels.length * (more + 1), `seed ${seed}`);
          }
        }
      });
    }
  }
});

describe('a kernel with little RAM', () => {
  /**
   * Starts a kernel whose RAM ends `more` bytes after what a model needs; returns what `listen` gives, and its scores.
   */
  function listenWith(model: Uint8Array, more: number): (samples: Int16Array) => number[] {
    const instance = new WebAssembly.Instance(new WebAssembly.Module(wasmBytes('kernel')));
    const kernel = checkAbi(instance.exports);
    kernel.memory.grow(8);
    const place = (address: number): void => {
      new Uint8Array(kernel.memory.buffer, address).set(model);
      assert.equal(kernel.load(address, model.length, address), 0);
    };
    place(4 * 65_536);
    const needed = kernel.query(QUERY.ramBytes);
    place((needed + more + 3) & ~3);
    assert.equal(kernel.query(QUERY.ramBytes), needed, 'it says what it needs');
    kernel.reset();
    return (samples) => {
      new Int16Array(kernel.memory.buffer, kernel.query(QUERY.samples), samples.length).set(samples);
      const result = kernel.listen(samples.length);
      if (result !== 1) return [];
      return [...new Int32Array(kernel.memory.buffer, kernel.query(QUERY.scores), kernel.query(QUERY.classes))];
    };
  }

  test('gives the same scores, whether or not there is room to lay out its layers once', () => {
    for (let seed = 0; seed < 6; seed++) {
      const neuron = NEURONS[seed % NEURONS.length];
      const network = randomQuantizedNetwork(seed, { neuron, dimensions: 1, padding: 'valid' });
      const model = encodeModel(network);
      const kernels = [0, 60, 200, 100_000].map((more) => listenWith(model, more));
      const samples = noise(new Random(seed), 320 * (network.spec.input.frames + 12));
      let results = 0;
      for (let at = 0; at < samples.length; at += 320) {
        const [none, ...others] = kernels.map((listen) => listen(samples.subarray(at, at + 320)));
        for (const other of others) assert.deepEqual(other, none);
        results += none.length;
      }
      assert.ok(results > 0);
    }
  });
});

describe('a kernel that hears and works', () => {
  /** A kernel with a model in memory, and a function that puts samples where it takes them. */
  function start(model: Uint8Array): KernelExports & { put(samples: Int16Array): number } {
    const kernel = checkAbi(new WebAssembly.Instance(new WebAssembly.Module(wasmBytes('kernel'))).exports);
    kernel.memory.grow(8);
    new Uint8Array(kernel.memory.buffer, 4 * 65_536).set(model);
    assert.equal(kernel.load(4 * 65_536, model.length, 4 * 65_536), 0);
    kernel.reset();
    const put = (samples: Int16Array): number => {
      new Int16Array(kernel.memory.buffer, kernel.query(QUERY.samples), samples.length).set(samples);
      return samples.length;
    };
    return { ...kernel, put };
  }
  const scoresOf = (kernel: KernelExports): number[] => [
    ...new Int32Array(kernel.memory.buffer, kernel.query(QUERY.scores), kernel.query(QUERY.classes)),
  ];
  const times = { hopMs: 80, averageMs: 240, suppressionMs: 200 };
  const models = [0, 1, 2, 3].map((seed) => {
    const padding = seed % 2 === 0 ? 'valid' : 'same';
    const network = randomQuantizedNetwork(seed, { neuron: NEURONS[seed % 3], dimensions: 1, padding });
    if (padding === 'valid') return encodeModel(network);
    return encodeModel({
      ...network,
      detection: operatingPointOf(network, { ...times, threshold: 0.5, minimumCount: 1 }),
    });
  });

  test('computes a layer at a time what it computes at once', () => {
    for (const model of models) {
      const [whole, sliced] = [start(model), start(model)];
      const layers = whole.query(QUERY.layers);
      const samples = noise(new Random(7), 320 * (whole.query(QUERY.frames) + 40));
      let results = 0;
      for (let at = 0; at < samples.length; at += 320) {
        const piece = samples.subarray(at, at + 320);
        const listened = whole.listen(whole.put(piece));
        const heard = sliced.hear(sliced.put(piece));
        if (listened === 1) assert.equal(heard, 1);
        if (heard === 1) for (let left = layers; left >= 0; left--) assert.equal(sliced.work(), left);
        assert.equal(sliced.work(), -1, 'nothing is left');
        if (listened !== 1) continue;
        assert.deepEqual(scoresOf(sliced), scoresOf(whole));
        results++;
      }
      assert.ok(results > 0);
    }
  });

  test('refuses sound while there is work, and work after a clip or a new stream', () => {
    for (const model of models) {
      const kernel = start(model);
      const silence = new Int16Array(320);
      const untilWork = (): void => {
        kernel.reset();
        for (let k = 0; kernel.hear(kernel.put(silence)) < 1; k++) assert.ok(k < 1000);
      };
      untilWork();
      assert.equal(kernel.hear(kernel.put(silence)), -1);
      assert.equal(kernel.listen(kernel.put(silence)), -1);
      assert.ok(kernel.work() > 0, 'the work goes on');
      untilWork();
      kernel.infer();
      assert.equal(kernel.work(), -1);
      untilWork();
      kernel.reset();
      assert.equal(kernel.work(), -1);
      assert.equal(kernel.hear(kernel.put(silence)), 0);
    }
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ABI_VERSION, checkAbi, QUERY } from '../../host/core/kernel/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { openKernel } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/package-files.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const PAGE = 65_536;

describe('the ABI of the kernel', () => {
  for (const name of ['kernel', 'kernel-dense'] as const) {
    test(`${name} imports nothing and has one page of memory`, () => {
      const module = new WebAssembly.Module(wasmBytes(name));
      assert.deepEqual(WebAssembly.Module.imports(module), []);
      const { memory } = checkAbi(new WebAssembly.Instance(module).exports);
      assert.equal(memory.buffer.byteLength, PAGE);
    });
  }

  test('refuses a module that is not a kernel or has another version', () => {
    assert.throws(() => checkAbi({}), { name: 'ModelError', message: /not a spikeword kernel/ });
    const memory = new WebAssembly.Memory({ initial: 1 });
    const abiVersion = (): number => ABI_VERSION + 1;
    assert.throws(() => checkAbi({ memory, abiVersion }), {
      name: 'ModelError',
      message: `the kernel has ABI version ${ABI_VERSION + 1}; this spikeword needs version ${ABI_VERSION}`,
    });
    assert.throws(() => checkAbi({ memory, abiVersion: () => ABI_VERSION }), { message: /no function load/ });
  });

  test('gives the same features for samples in any pieces, and moves the window with later samples', () => {
    const network = randomQuantizedNetwork(1);
    const model = encodeModel(network);
    const exports = checkAbi(new WebAssembly.Instance(new WebAssembly.Module(wasmBytes('kernel'))).exports);
    exports.memory.grow(Math.ceil(model.length / PAGE));
    new Uint8Array(exports.memory.buffer, PAGE).set(model);
    assert.equal(exports.load(PAGE, model.length, PAGE), 0);
    const samples = Int16Array.from({ length: 40_000 }, (_, k) => 8_000 * Math.sin(k * k * 1e-6));
    const room = exports.query(QUERY.pushSamples);
    const buffer = new Int16Array(exports.memory.buffer, exports.query(QUERY.samples), room);
    const { frames } = network.spec.input;
    const features = new Int8Array(exports.memory.buffer, exports.query(QUERY.features), frames * 10);

    const pushAll = (pieces: (at: number) => number): Int8Array => {
      exports.reset();
      let completed = 0;
      for (let at = 0; at < samples.length; ) {
        const piece = samples.subarray(at, at + pieces(at));
        buffer.set(piece);
        completed += exports.push(piece.length);
        at += piece.length;
      }
      // frame k ends with sample 320k + 511
      assert.equal(completed, Math.floor((samples.length - 512) / 320) + 1);
      assert.equal(exports.query(QUERY.framesReady), completed);
      return features.slice();
    };
    const inHops = pushAll(() => room);
    assert.deepEqual(
      pushAll((at) => 1 + (at % 313)),
      inHops,
    );
    assert.deepEqual(
      pushAll(() => 37),
      inHops,
    );
    assert.equal(exports.push(room + 1), -1);
  });

  test('does nothing before a model is loaded or after one was refused', () => {
    const exports = checkAbi(new WebAssembly.Instance(new WebAssembly.Module(wasmBytes('kernel'))).exports);
    const silent = (): void => {
      assert.equal(exports.infer(), -1);
      assert.equal(exports.step(), -1);
      assert.equal(exports.push(10), -1);
      assert.equal(exports.query(QUERY.scores), 0);
      exports.reset();
      exports.stemCurrent(0);
    };
    silent();
    const model = encodeModel(randomQuantizedNetwork(1));
    exports.memory.grow(Math.ceil(model.length / PAGE));
    new Uint8Array(exports.memory.buffer, PAGE).set(model);
    assert.equal(exports.load(PAGE, model.length, PAGE), 0);
    assert.equal(exports.load(PAGE, model.length - 4, PAGE), 5);
    silent();
    assert.equal(exports.load(PAGE + 2, model.length, PAGE), 1);
    assert.equal(exports.load(PAGE, model.length, PAGE + 4), 1);
  });

  test('starts with the first layer of a model that is loaded in the middle of an inference', () => {
    const network = randomQuantizedNetwork(3);
    const model = encodeModel(network);
    const exports = checkAbi(new WebAssembly.Instance(new WebAssembly.Module(wasmBytes('kernel'))).exports);
    exports.memory.grow(Math.ceil(model.length / PAGE));
    new Uint8Array(exports.memory.buffer, PAGE).set(model);
    const load = (): void => assert.equal(exports.load(PAGE, model.length, PAGE), 0);
    load();
    assert.equal(exports.query(QUERY.winner) | 0, -1);
    exports.infer();
    load();
    assert.equal(exports.query(QUERY.winner) | 0, -1);
    const features = speechLikeFeatures(network, 1);
    new Int8Array(exports.memory.buffer, exports.query(QUERY.features), features.length).set(features);
    while (exports.step() > 0);
    assert.equal(exports.query(QUERY.winner), judge(network, features).class);
  });

  test('leaves no state of one inference for the next', () => {
    const network = randomQuantizedNetwork(8);
    const kernel = openKernel(encodeModel(network));
    for (const seed of [1, 2, 1]) {
      const features = speechLikeFeatures(network, seed);
      assert.deepEqual([...kernel.infer(features).scores], judge(network, features).scores);
    }
    assert.throws(() => kernel.infer(new Int8Array(3)), { name: 'ModelError', message: /3 features, expected/ });
  });
});

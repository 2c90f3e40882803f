import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { Kernel } from '../../host/core/kernel/index.js';
import { decodeModel, encodeModel } from '../../host/core/model/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../../host/core/quantization/index.js';
import { openKernel } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { repair } from './mutate.js';
import { tinyNetworks } from './tiny-networks.js';

const [, network] = tinyNetworks();
const classes = network.labels.length;
const row = (threshold: number): number[] => network.labels.map((_, k) => (k === 0 ? 0 : threshold + k));
const detection: OperatingPoint = {
  hop: 2,
  average: 12,
  minimumCount: 3,
  suppression: 25,
  factor: 123_456,
  thresholds: row(40_000),
  curve: [
    { falseAcceptsPerHour: 0.5, missRate: 0.5, thresholds: row(50_000) },
    { falseAcceptsPerHour: 5, missRate: 0.25, thresholds: row(30_000) },
  ],
};
const tuned: QuantizedNetwork = { ...network, detection };

describe('an operating point in a model file', () => {
  test('is read as it was written, in its own section', () => {
    const bytes = encodeModel(tuned);
    assert.deepEqual(decodeModel(bytes, 'model.spkw'), tuned);
    const view = new DataView(bytes.buffer);
    const entry = 20 + 6 * 12;
    const [kind, at, length] = [0, 4, 8].map((offset) => view.getUint32(entry + offset, true));
    const rowBytes = Math.ceil(classes / 2) * 4;
    assert.deepEqual([view.getUint32(4, true), kind, length], [2, 7, 16 + rowBytes + 2 * (16 + rowBytes)]);
    const shorts = [2, 12, 3, 25].map((value, k) => [view.getUint16(at + 2 * k, true), value]);
    for (const [found, expected] of shorts) assert.equal(found, expected);
    assert.deepEqual([view.getUint32(at + 8, true), view.getUint32(at + 12, true)], [123_456, 2]);
    assert.equal(view.getUint16(at + 16 + 2, true), 40_001);
    assert.equal(view.getFloat64(at + 16 + rowBytes + 8, true), 0.5);
  });

  test('has the same bytes, whatever the order of its keys', () => {
    const entries = Object.entries(detection).reverse();
    const turned = Object.fromEntries(entries) as unknown as OperatingPoint;
    assert.deepEqual(encodeModel({ ...network, detection: turned }), encodeModel(tuned));
  });

  test('does not change what the kernel computes', () => {
    const features = new Int8Array(network.spec.input.frames * network.spec.input.coefficients).fill(9);
    const plain = openKernel(encodeModel(network)).infer(features);
    assert.deepEqual(openKernel(encodeModel(tuned)).infer(features), plain);
  });

  test('may be missing: a model without one keeps its bytes', () => {
    const bytes = new Uint8Array(readFileSync(packagePath('models/gsc-17-small.spkw')));
    const decoded = decodeModel(bytes, 'gsc-17-small.spkw');
    assert.ok(!('detection' in decoded));
    assert.deepEqual(encodeModel(decoded), bytes);
  });

  for (const [what, changes, message] of [
    ['no hop', { hop: 0 }, /detection: a hop of 0 ms, expected 20 to 60000/],
    ['no average', { average: 0 }, /detection: an average of 0 inferences/],
    ['more counts than inferences', { minimumCount: 13 }, /detection: a minimum count of 13, expected 1 to 12/],
    ['a factor that is too great', { factor: 2 ** 32 }, /detection: a factor of 4294967296/],
    ['a threshold too few', { thresholds: row(1).slice(1) }, /detection: thresholds for \d+ classes are needed/],
    ['a threshold out of range', { thresholds: row(65_535) }, /detection: a threshold of 65536, expected 0 to 65535/],
    ['a curve that falls', { curve: detection.curve.toReversed() }, /detection: 0\.5 false accepts per hour/],
    [
      'a miss rate above 1',
      { curve: [{ ...detection.curve[0], missRate: 1.1 }] },
      /detection: a miss rate of 1\.1 in the curve/,
    ],
  ] as const) {
    test(`with ${what} is refused`, () => {
      const network: QuantizedNetwork = { ...tuned, detection: { ...detection, ...changes } };
      assert.throws(() => encodeModel(network), { name: 'ModelError', message });
    });
  }

  for (const [what, offset, value, message] of [
    ['no hop', 0, 0, /detection: a hop of 0 ms/],
    ['an average beyond the limit', 2, 1025, /detection: an average of 1025 inferences/],
    ['more counts than inferences', 4, 13, /detection: a minimum count of 13/],
    ['more points than there are', 12, 3, /bytes of detection, expected \d+ with 3 points of the curve/],
  ] as const) {
    test(`with ${what} is refused by host and kernel`, () => {
      const bytes = encodeModel(tuned);
      const view = new DataView(bytes.buffer);
      view.setUint16(view.getUint32(20 + 6 * 12 + 4, true) + offset, value, true);
      repair(bytes);
      assert.throws(() => decodeModel(bytes, 'model.spkw'), { name: 'ModelError', message });
      assert.throws(() => Kernel.bindDecoded(bytes, tuned, new WebAssembly.Module(wasmBytes('kernel'))), {
        name: 'ModelError',
        message: `the kernel refuses the model: the field at ${offset} of the detection section is out of range`,
      });
    });
  }
});

describe('an operating point in a file of version 1', () => {
  const shipped = new Uint8Array(readFileSync(packagePath('test/model/version-1.spkw')));
  const text = Buffer.from(shipped).toString('latin1');

  test('is read as one threshold for all words and whole inferences', () => {
    const { detection: found, labels, classifier } = decodeModel(shipped, 'model.spkw');
    const [, stored] = /"detection":(\{.*?\})/.exec(text)!;
    const { hopMs, averageMs, threshold, minimumCount, suppressionMs } = JSON.parse(stored) as Record<string, number>;
    assert.deepEqual(found, {
      hop: hopMs / 20,
      average: Math.floor(averageMs / hopMs),
      minimumCount,
      suppression: Math.ceil(suppressionMs / hopMs),
      factor: Math.round(classifier.scale * Math.LOG2E * 2 ** 24),
      thresholds: labels.map((label) => (label.startsWith('_') ? 0 : Math.round(threshold * 65_535))),
      curve: [],
    });
  });

  for (const [what, from, to, message] of [
    ['a threshold of 7', /"threshold":0/, '"threshold":7', /detection: a threshold of 7\.\d+, expected/],
    ['a hop between frames', /"hopMs":\d0/, '"hopMs":41', /detection: a hop of 41 ms/],
    ['another name', /averageMs/, 'averageXY', /detection: its keys are hopMs,averageXY/],
  ] as const) {
    test(`with ${what} is refused`, () => {
      const bytes = new Uint8Array(Buffer.from(text.replace(from, to), 'latin1'));
      assert.equal(bytes.length, shipped.length);
      repair(bytes);
      assert.throws(() => decodeModel(bytes, 'model.spkw'), { name: 'ModelError', message });
    });
  }
});

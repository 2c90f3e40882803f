import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { decodeModel, encodeModel } from '../../host/core/model/index.js';
import type { OperatingPoint, QuantizedNetwork } from '../../host/core/quantization/index.js';
import { openKernel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { repair } from './mutate.js';
import { tinyNetworks } from './tiny-networks.js';

const [, network] = tinyNetworks();
const detection: OperatingPoint = {
  hopMs: 40,
  averageMs: 500,
  threshold: 0.7123,
  minimumCount: 3,
  suppressionMs: 1000,
};
const tuned: QuantizedNetwork = { ...network, detection };

describe('an operating point in a model file', () => {
  test('is read as it was written, and is at the end of the provenance', () => {
    const bytes = encodeModel(tuned);
    assert.deepEqual(decodeModel(bytes, 'model.spkw'), tuned);
    const text = '"detection":{"hopMs":40,"averageMs":500,"threshold":0.7123,"minimumCount":3,"suppressionMs":1000}}';
    assert.ok(Buffer.from(bytes).toString('latin1').includes(text));
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

  for (const [what, from, to, message] of [
    ['a threshold of 7', '0.7123', '7.7123', /detection: a threshold of 7\.7123/],
    ['a hop between frames', '"hopMs":40', '"hopMs":41', /detection: a hop of 41 ms/],
    ['another name', 'averageMs', 'averageXY', /detection: an average over undefined ms/],
    [
      'no object',
      detectionText(),
      `"detection":${'1'.padEnd(detectionText().length - 12)}`,
      /detection: not an operating/,
    ],
  ] as const) {
    test(`with ${what} is refused`, () => {
      const text = Buffer.from(encodeModel(tuned)).toString('latin1');
      const bytes = new Uint8Array(Buffer.from(text.replace(from, to), 'latin1'));
      repair(bytes);
      assert.throws(() => decodeModel(bytes, 'model.spkw'), { name: 'ModelError', message });
    });
  }
});

function detectionText(): string {
  return `"detection":${JSON.stringify(detection)}`;
}

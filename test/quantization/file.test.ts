import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { type QuantizedNetwork, withValidation } from '../../host/core/quantization/index.js';
import { Random } from '../../host/core/random.js';
import { readQuantizedNetwork, writeQuantizedNetwork } from '../../host/model/index.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-quantized-'));
after(() => rmSync(folder, { recursive: true }));
const path = join(folder, 'quantized.json');

/** JSON of which the tests know the shape. */
type Editable = { [key: string]: Editable } & Editable[] & number[];

/** Writes a network, edits its JSON, and reads it again. */
function readEdited(network: QuantizedNetwork, edit: (json: Editable) => void): QuantizedNetwork {
  writeQuantizedNetwork(path, network);
  const json = JSON.parse(readFileSync(path, 'utf8'));
  edit(json);
  writeFileSync(path, JSON.stringify(json));
  return readQuantizedNetwork(path);
}

describe('the file of a quantised network', () => {
  test('gives back the same network, and the same bytes when written again', () => {
    for (let seed = 0; seed < 20; seed++) {
      const network = withValidation(randomQuantizedNetwork(seed), 0.93, 0.928);
      writeQuantizedNetwork(path, network);
      const first = readFileSync(path);
      const read = readQuantizedNetwork(path);
      assert.deepEqual(read, network);
      writeQuantizedNetwork(path, read);
      assert.deepEqual(readFileSync(path), first);
    }
    assert.deepEqual(readdirSync(folder), ['quantized.json'], 'nothing half-written stays behind');
  });

  const network = randomQuantizedNetwork(5, { timesteps: 3, neuron: 'atif-nu' });
  const faults: [string, (json: Editable) => void, RegExp][] = [
    ['another format', (json) => Object.assign(json, { format: 'x' }), /not a quantised network/],
    ['a later version', (json) => Object.assign(json, { version: 9 }), /version 9, this program reads 1/],
    ['an unknown neuron', (json) => Object.assign(json.spec, { neuron: 'lif' }), /neuron is "lif"/],
    ['a relu', (json) => Object.assign(json.spec, { neuron: 'relu' }), /relu/],
    ['a missing layer', (json) => json.layers.pop(), /layers has \d+ entries/],
    ['a weight of 128', (json) => Object.assign(json.layers[0].weights, { 2: 128 }), /stem\.weights\[2\] is 128/],
    ['a weight of text', (json) => Object.assign(json.layers[0].weights, { 2: '1' }), /stem\.weights\[2\] is "1"/],
    ['a missing weight', (json) => json.layers[0].weights.pop(), /stem\.weights has/],
    ['a threshold of 0', (json) => Object.assign(json.layers[0].thresholds, { 0: 0 }), /thresholds\[0\] is 0/],
    ['a bias beyond its bound', (json) => Object.assign(json.layers[0].bias, { 0: 2147483647 }), /can reach/],
    ['bounds that are not true', (json) => Object.assign(json.layers[0].bounds, { currentMax: 1 }), /currentMax is 1/],
    ['a scale of null', (json) => Object.assign(json.layers[0].scales, { 0: null }), /scales\[0\] is null/],
    ['too few labels', (json) => json.labels.pop(), /labels has/],
    ['other frames', (json) => Object.assign(json.features, { frames: 47 }), /features\.frames is 47/],
    ['an accuracy above 1', (json) => Object.assign(json.provenance, { validationAccuracy: 93 }), /Accuracy is 93/],
  ];
  for (const [what, edit, message] of faults) {
    test(`refuses ${what}, naming file and place`, () => {
      assert.throws(
        () => readEdited(network, (json) => void edit(json)),
        (error: Error) => {
          assert.ok(error instanceof NetworkError, String(error));
          assert.ok(error.message.startsWith(path), error.message);
          assert.match(error.message, message);
          return true;
        },
      );
    });
  }

  test('a truncated or absent file is refused', () => {
    writeQuantizedNetwork(path, network);
    const whole = readFileSync(path);
    writeFileSync(path, whole.subarray(0, whole.length - 20));
    assert.throws(() => readQuantizedNetwork(path), { name: 'NetworkError', message: /not JSON, or not whole/ });
    assert.throws(() => readQuantizedNetwork(`${path}.no`), { name: 'NetworkError', message: /cannot be read/ });
  });

  test('whatever value stands anywhere, the file is read or refused with a typed error', () => {
    const random = new Random(99);
    const strange = [null, -1, 1.5, 'text', [], {}, 1e300, true];
    let refused = 0;
    for (let k = 0; k < 400; k++) {
      try {
        readEdited(network, (json) => {
          let at: Record<string, unknown> = json as unknown as Record<string, unknown>;
          for (;;) {
            const keys = Object.keys(at);
            const key = keys[random.below(keys.length)];
            const next = at[key];
            const deeper = typeof next === 'object' && next !== null && Object.keys(next).length > 0;
            if (deeper && random.below(3) > 0) {
              at = next as Record<string, unknown>;
              continue;
            }
            at[key] = strange[random.below(strange.length)];
            return;
          }
        });
      } catch (error) {
        assert.ok(error instanceof NetworkError, String((error as Error).stack));
        refused++;
      }
    }
    assert.ok(refused > 300, `${refused} of 400 refused`);
  });
});

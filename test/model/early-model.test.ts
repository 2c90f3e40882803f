import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { operatingPointOf } from '../../host/core/detection/index.js';
import { decodeModel, encodeModel } from '../../host/core/model/index.js';
import type { QuantizedNetwork } from '../../host/core/quantization/index.js';
import { readModel, writeModel } from '../../host/model/index.js';
import { withEarlyDecisions } from '../judge/early-decisions.js';
import { speechLikeFeatures } from '../judge/feature-maps.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { GuardedKernel } from './guarded-kernel.js';
import { repair } from './mutate.js';
import { tinyEarly, tinyNetworks } from './tiny-networks.js';

/** Where the network section begins, and its decisions in it. */
function placesIn(model: Uint8Array, layers: number): { section: number; decisions: number } {
  const section = new DataView(model.buffer).getUint32(20 + 2 * 12 + 4, true);
  return { section, decisions: section + 44 + 60 * layers };
}

describe('a model file with early decisions', () => {
  const network = tinyEarly();
  const model = encodeModel(network);
  const { section, decisions } = placesIn(model, network.layers.length);
  const kernel = new GuardedKernel('kernel', 40_000);
  const features = speechLikeFeatures(network, 1);

  /** The file with other words from `at` on, and its CRC repaired. */
  function changed(at: number, ...words: number[]): Uint8Array {
    const bytes = model.slice();
    const view = new DataView(bytes.buffer);
    for (const [k, word] of words.entries()) view.setUint32(at + 4 * k, word, true);
    repair(bytes);
    return bytes;
  }

  test('decodes to what was encoded', () => {
    for (let seed = 0; seed < 20; seed++) {
      const other = randomQuantizedNetwork(seed, { classes: 3, timesteps: 5 });
      if (other.layers.length < 2) continue;
      const deciding = withEarlyDecisions(other, seed);
      try {
        assert.deepEqual(decodeModel(encodeModel(deciding), 'x'), deciding, `seed ${seed}`);
      } catch (error) {
        assert.match((error as Error).message, /leave no room for its membranes in 16 bits/);
      }
    }
  });

  test('has the margins and the biases behind the layer records', () => {
    const view = new DataView(model.buffer);
    assert.equal(view.getUint32(4, true), 3);
    const words = Array.from({ length: 8 }, (_, k) => view.getInt32(decisions + 4 * k, true));
    assert.deepEqual(words, [100, 300, 5, -70, 0, 0, 4, 11]);
    assert.equal(view.getUint32(20 + 2 * 12 + 8, true), decisions + 32 - section);
  });

  test('is run by the kernel inside its memory', () => {
    assert.deepEqual(kernel.run(model, features), { error: 0, scores: judge(network, features).scores });
  });

  const refused: readonly [string, Uint8Array, RegExp, number][] = [
    ['a network section without them', changed(20 + 2 * 12 + 8, decisions - section), /section|does not match/, 7],
    ['no margin', changed(decisions, 0, 0), /no margin: there is no decision before the last timestep/, 0],
    ['biases where there is no decision', changed(decisions, 0), /biases after 1 timesteps, but no margin/, 0],
    ['a bias that may overflow', changed(decisions + 8, 0x7fffffff), /the logit can reach/, 0],
    ['an older version', changed(4, 2), /does not match 5 layers/, 10],
    ['a network without padding', changed(section, 1 | (1 << 16)), /frames is|early decision/, 10],
  ];
  for (const [name, bytes, message, code] of refused) {
    test(`is refused with ${name}`, () => {
      assert.throws(() => decodeModel(bytes, 'x'), { name: 'ModelError', message });
      assert.equal(kernel.run(bytes, features).error, code);
    });
  }

  test('is not written for a network that cannot decide early', () => {
    const refuses = (changes: Partial<QuantizedNetwork>, message: RegExp): void => {
      assert.throws(() => encodeModel({ ...network, ...changes }), { name: 'ModelError', message });
    };
    const early = {
      margins: [1, 1],
      biases: [
        [0, 0, 0],
        [0, 0, 0],
      ],
    };
    refuses({ detection: operatingPointOf(network) }, /a network that listens computes all timesteps/);
    refuses({ early: { ...early, margins: [1] } }, /1 margins and 2 rows of biases, expected 2 of each/);
    refuses({ early: { ...early, margins: [1, -1] } }, /a margin of -1, expected 0 to/);
    refuses(
      {
        early: {
          ...early,
          biases: [
            [0, 0, 0],
            [0, 0.5, 0],
          ],
        },
      },
      /a bias of 0.5, expected a whole number/,
    );
    refuses({ early: { ...early, biases: [[0, 0, 0], [0]] } }, /1 biases, expected 3/);
    const [stem, , , , valid] = tinyNetworks();
    assert.throws(() => encodeModel({ ...stem, early }), { message: /a network of one layer/ });
    assert.throws(() => encodeModel({ ...valid, early }), { message: /a network without padding, which listens/ });
    const layers = network.layers.map((layer) => ({ ...layer, thresholds: layer.thresholds.map(() => 40_000) }));
    refuses({ layers }, /early decision: .* leave no room for its membranes in 16 bits|bounds|membrane/);
  });

  test('keeps its decisions when the same network is written again, and not those of another', () => {
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-early-'));
    after(() => rmSync(folder, { recursive: true }));
    const written = writeModel(network, folder);
    const { early, ...plain } = network;
    writeModel(plain, folder);
    assert.deepEqual(readFileSync(written.model), Buffer.from(model));
    assert.deepEqual(readModel(written.module).network.early, early);
    writeModel(randomQuantizedNetwork(2, { spec: network.spec }), folder);
    assert.equal(readModel(written.model).network.early, undefined);
  });
});

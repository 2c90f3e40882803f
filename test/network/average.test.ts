import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { averageCheckpoints, type Checkpoint } from '../../host/core/network/index.js';
import { readCheckpoint, writeCheckpoint } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { spikeword, unwrapped } from '../cli/spikeword.js';

describe('the average of networks', () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-average-'));
  after(() => rmSync(folder, { recursive: true }));
  const first = readCheckpoint(packagePath('models/commands.safetensors'));
  /** The network with every number changed, differently for each. */
  const changed = (by: number): Checkpoint => ({
    ...first,
    parameters: new Map(
      [...first.parameters].map(([name, own]) => [name, own.map((value, k) => value + by * ((k % 7) - 2))]),
    ),
    provenance: { ...first.provenance, epochs: first.provenance.epochs + by },
  });

  test('has the mean of every number', () => {
    const all = [first, changed(1), changed(5)];
    const { parameters, provenance } = averageCheckpoints(all, ['a', 'b', 'c']);
    assert.deepEqual([...parameters.keys()], [...first.parameters.keys()]);
    for (const [name, values] of parameters) {
      values.forEach((value, k) => {
        let sum = 0;
        for (const { parameters: own } of all) sum += (own.get(name) as Float32Array)[k];
        assert.equal(value, Math.fround(sum / 3), `${name} ${k}`);
      });
    }
    assert.deepEqual([provenance.epochs, provenance.validationAccuracy], [first.provenance.epochs + 5, null]);
  });

  test('of a network and itself is the network', () => {
    const { parameters } = averageCheckpoints([first, first], ['a', 'b']);
    assert.deepEqual(parameters, first.parameters);
  });

  test('is refused for networks of another shape, words or features', () => {
    const refused = (other: Checkpoint, said: RegExp): void =>
      assert.throws(
        () => averageCheckpoints([first, other], ['a', 'b']),
        (error) => error instanceof NetworkError && said.test(error.message),
      );
    refused(readCheckpoint(packagePath('models/gsc-17-small.safetensors')), /^b: another network than a$/);
    refused({ ...first, labels: [...first.labels].reverse() }, /^b: other words than a$/);
    const mean = first.features.mean.map((value) => value + 1);
    refused(
      { ...first, features: { ...first.features, mean } },
      /^b: its features are scaled otherwise than those of a/,
    );
    assert.throws(() => averageCheckpoints([first], ['a']), /two networks or more/);
  });

  test('is what the command writes', () => {
    const [a, b, out] = ['a', 'b', 'out'].map((name) => join(folder, `${name}.safetensors`));
    writeCheckpoint(a, first);
    writeCheckpoint(b, changed(3));
    const { code, stdout, stderr } = spikeword('average', a, b, '--out', out);
    assert.equal(code, 0, stderr);
    assert.match(stdout, /mean of 2 networks\nnext: spikeword quantize /);
    assert.deepEqual(readCheckpoint(out), averageCheckpoints([first, changed(3)], [a, b]));
    const refused = spikeword('average', a, packagePath('models/gsc-17-small.safetensors'), '--out', out);
    assert.equal(refused.code, 1);
    assert.match(unwrapped(refused.stderr), /another network than/);
  });
});

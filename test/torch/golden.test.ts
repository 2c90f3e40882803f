import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { before, describe, test } from 'node:test';
import { packagePath } from '../../host/system/package-files.js';
import { OWN_PYTHON } from '../../host/training/torch/index.js';
import { type NetworkCase, networkCases, neuronCases } from '../golden-vectors.js';
import { noTorch } from './setup.js';

/** Both compute in float64; the vectors have twelve decimals. */
const TOLERANCE = 1e-9;

interface Results {
  readonly neurons: readonly Record<'spikes' | 'gradInput' | 'gradThresholds', number[]>[];
  readonly networks: readonly (Record<'spikes' | 'logits', number[]> & {
    readonly loss: number;
    readonly gradients: Readonly<Record<string, number[]>>;
  })[];
}

function assertClose(actual: readonly number[], expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  actual.forEach((value, k) => {
    assert.ok(Math.abs(value - expected[k]) <= TOLERANCE, `${what}[${k}]: ${value}, expected ${expected[k]}`);
  });
}

/** [clip][coefficient][frame] → [clip][frame][coefficient] */
function featuresOf({ plan, input, labels }: NetworkCase): number[] {
  const { frames, coefficients } = plan.spec.input;
  return Array.from({ length: labels.length * frames * coefficients }, (_, at) => {
    const coefficient = at % coefficients;
    const frame = Math.floor(at / coefficients) % frames;
    const clip = Math.floor(at / (coefficients * frames));
    return input[(clip * coefficients + coefficient) * frames + frame];
  });
}

describe('PyTorch against test/golden', { skip: noTorch }, () => {
  const neurons = neuronCases();
  const networks = networkCases();
  let results: Results;

  before(() => {
    const input = JSON.stringify({
      modules: packagePath('host/training/torch'),
      // a fixed threshold is a threshold of 1
      neurons: neurons.map((one) => ({ ...one, thresholds: one.thresholds.length === 0 ? [1] : one.thresholds })),
      networks: networks.map((one) => ({
        plan: one.plan,
        parameters: Object.fromEntries([...one.parameters].map(([name, tensor]) => [name, [...tensor]])),
        features: featuresOf(one),
        labels: [...one.labels],
      })),
    });
    const { status, stdout, stderr } = spawnSync(packagePath(OWN_PYTHON), ['-B', packagePath('test/torch/golden.py')], {
      input,
      encoding: 'utf8',
      maxBuffer: 2 ** 28,
    });
    assert.equal(status, 0, stderr);
    results = JSON.parse(stdout);
  });

  neurons.forEach(({ kind, T, alpha, spikes, gradInput, gradThresholds }, k) => {
    test(`neurons have the same spikes and gradients: ${kind}, T = ${T}, slope ${alpha}`, () => {
      const actual = results.neurons[k];
      assertClose(actual.spikes, spikes, 'spikes');
      assertClose(actual.gradInput, gradInput, 'gradient of the input');
      if (kind !== 'if') assertClose(actual.gradThresholds, gradThresholds, 'gradient of the thresholds');
    });
  });

  networks.forEach(({ kind, spikes, logits, loss, gradients }, k) => {
    test(`a network has the same training step: ${kind}`, () => {
      const actual = results.networks[k];
      if (spikes !== null) assert.deepEqual(actual.spikes, spikes);
      assertClose(actual.logits, logits, 'logits');
      assertClose([actual.loss], [loss], 'loss');
      assert.deepEqual(Object.keys(actual.gradients).sort(), [...gradients.keys()].sort());
      for (const [name, expected] of gradients) {
        assertClose(actual.gradients[name], expected, `gradient of ${name}`);
      }
    });
  });
});

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { decodeTensors } from '../../host/core/network/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { spikeword } from '../cli/spikeword.js';

const PYTHON = packagePath('dist/torch-python/bin/python3');
const skip = !existsSync(PYTHON) && `${PYTHON} not found; npm run setup:torch`;

const TIMESTEPS = 200;
const ALPHA = Math.exp(-5 / 10);
const BETA = Math.exp(-5 / 20);

describe('the recurrent layer of LIF neurons', { skip }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-lif-'));
  after(() => rmSync(folder, { recursive: true }));

  test('learns, and its spikes are those of the equations, one neuron after the other', () => {
    const file = (name: string): string => join(folder, `${name}.safetensors`);
    for (const split of ['training', 'validation']) {
      const of = [packagePath('datasets/sample'), '--task', 'yes,no,up,down', '--split', split, '--out', file(split)];
      assert.equal(spikeword('features', ...of).code, 0);
    }
    const script = packagePath('tools/recurrent-lif/train.py');
    const args = [script, file('training'), file('validation'), '--neurons', '24', '--epochs', '4', '--batch', '16'];
    const text = execFileSync(PYTHON, [...args, '--record', file('clip')], { encoding: 'utf8' });
    const lines = text
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    const result = lines.pop();
    assert.ok(lines[3].loss < lines[0].loss && result.accuracy > 0.25, text);
    assert.equal(result.weights, 24 * (10 + 24 + 4));

    const { tensors } = decodeTensors(readFileSync(file('clip')), 'clip');
    const values = (name: string): number[] => Array.from(tensors.get(name)!.data as Float64Array, Number);
    const [input, bias, recurrent] = ['input.weight', 'input.bias', 'recurrent.weight'].map(values);
    const [readout, readoutBias] = ['readout.weight', 'readout.bias'].map(values);
    const features = values('features');
    const current = new Array(24).fill(0);
    const membrane = new Array(24).fill(0);
    let spikes: number[] = new Array(24).fill(0);
    const filtered = new Array(4).fill(0);
    const potential = new Array(4).fill(0);
    const best = new Array(4).fill(-Infinity);
    const expected: number[] = [];
    for (let t = 0; t < TIMESTEPS; t++) {
      const frame = Math.min(48, Math.floor((t * 5) / 20));
      const before = spikes;
      for (let n = 0; n < 24; n++) {
        membrane[n] = before[n] === 1 ? 0 : BETA * membrane[n] + (1 - BETA) * current[n];
        let entering = bias[n];
        for (let c = 0; c < 10; c++) entering += input[n * 10 + c] * features[frame * 10 + c];
        for (let m = 0; m < 24; m++) entering += recurrent[n * 24 + m] * before[m];
        current[n] = ALPHA * current[n] + entering;
      }
      spikes = membrane.map((u) => (u >= 1 ? 1 : 0));
      expected.push(...spikes);
      for (let k = 0; k < 4; k++) {
        potential[k] = BETA * potential[k] + (1 - BETA) * filtered[k];
        filtered[k] = ALPHA * filtered[k] + readoutBias[k];
        for (let n = 0; n < 24; n++) filtered[k] += readout[k * 24 + n] * spikes[n];
        best[k] = Math.max(best[k], potential[k]);
      }
    }
    assert.deepEqual(values('spikes'), expected);
    assert.ok(expected.some((spike) => spike === 1));
    for (const [k, logit] of values('logits').entries()) assert.ok(Math.abs(logit - best[k]) < 1e-9);
  });
});

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { promisify } from 'node:util';
import { networkToGraph } from '../../host/core/interchange/index.js';
import {
  type Checkpoint,
  decodeTensors,
  encodeCheckpoint,
  planNetwork,
  presetNetwork,
} from '../../host/core/network/index.js';
import { quantizeNetwork } from '../../host/core/quantization/index.js';
import { importNetwork, readCheckpoint, writeNir } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { boardsAtHand } from '../board/boards-at-hand.js';
import { spikeword } from '../cli/spikeword.js';
import { judge } from '../judge/judge.js';
import { referenceInput } from '../quantization/checkpoints.js';
import { firingCheckpoint, randomFeatures, referenceSpikes } from './networks.js';

const PYTHON = packagePath('dist/torch-python/bin/python3');
const PACKAGES = packagePath('dist/frameworks-python');
const run = promisify(execFile);
const skip =
  !(existsSync(PYTHON) && existsSync(join(PACKAGES, 'nir'))) && `${PACKAGES} not found; npm run setup:frameworks`;

async function python(script: string, ...args: string[]): Promise<string> {
  const env = { ...process.env, PYTHONPATH: PACKAGES };
  const { stdout } = await run(PYTHON, [packagePath(script), ...args], { env, maxBuffer: 2 ** 26 });
  return stdout;
}

const frameworks = (...args: string[]): Promise<string> => python('test/interchange/frameworks.py', ...args);

/** Spikes by the name of the neurons, [timestep][channel][position]. */
interface Ran {
  readonly spikes: Record<string, number[]>;
  readonly logits: readonly number[];
}

describe('networks in other programs', { skip }, () => {
  const scratch = mkdtempSync(join(tmpdir(), 'spikeword-frameworks-'));
  after(() => rmSync(scratch, { recursive: true }));
  const at = (name: string): string => join(scratch, name);

  async function inSpikingJelly(graph: string, { spec }: Checkpoint, features: Int8Array): Promise<Ran> {
    const plan = planNetwork(spec);
    writeFileSync(at('clip.json'), JSON.stringify([[...referenceInput(plan, features)], plan.timesteps]));
    return JSON.parse(await frameworks('spikes', graph, at('clip.json')));
  }

  for (const [preset, neuron] of [
    ['tiny', 'atif-u'],
    ['reference', 'if'],
    ['listen-small', 'atif-u'],
  ] as const) {
    const checkpoint = firingCheckpoint(presetNetwork(preset, { classes: 5, neuron }), 11);
    const path = at(`${preset}.nir`);
    before(() => writeNir(path, networkToGraph(checkpoint)));

    test(`SpikingJelly fires the spikes of ${preset} (${neuron}), layer by layer`, async () => {
      const features = randomFeatures(checkpoint.spec, 21);
      const found = await inSpikingJelly(path, checkpoint, features);
      const expected = referenceSpikes(checkpoint, features);
      for (const [layer, spikes] of expected.spikes) {
        const share = spikes.reduce((sum, spike) => sum + spike, 0) / spikes.length;
        assert.ok(share > 0.05 && share < 0.95, `${layer} fires in ${share} of its timesteps`);
        assert.deepEqual(found.spikes[`${layer}.neuron`], [...spikes], layer);
      }
      for (const [c, logit] of expected.logits.entries()) assert.ok(Math.abs(found.logits[c] - logit) < 1e-4);
    });

    test(`what the nir package writes of ${preset} is read as the same network`, async () => {
      await frameworks('rewrite', path, at(`${preset}-again.nir`));
      assert.deepEqual(await importNetwork(at(`${preset}-again.nir`)), await importNetwork(path));
    });
  }

  test('a network that another program wrote fires the same spikes here', async () => {
    await frameworks('write', at('foreign.nir'));
    const like = firingCheckpoint(
      { ...presetNetwork('tiny', { classes: 2 }), input: { frames: 9, coefficients: 10 } },
      1,
    );
    const features = at('like.safetensors');
    writeFileSync(features, encodeCheckpoint(like, features));
    const checkpoint = await importNetwork(at('foreign.nir'), { features, timesteps: 6, softReset: true });
    const clip = randomFeatures(checkpoint.spec, 3);
    const found = await inSpikingJelly(at('foreign.nir'), checkpoint, clip);
    const { spikes } = referenceSpikes(checkpoint, clip);
    assert.deepEqual([...spikes.keys()], ['stem', 'stage1.block1.conv1', 'stage1.block1.conv2']);
    for (const [k, layer] of [...spikes.values()].entries()) assert.deepEqual(found.spikes[`n${k}`], [...layer]);
  });

  test('a network that SpikingJelly trained comes in, and its integers fire its spikes but for the rounding', async () => {
    const features = at('features.safetensors');
    assert.equal(spikeword('features', packagePath('datasets/sample'), '--out', features).code, 0);
    const clips = 12;
    const out = ['--out', at('trained'), '--steps', '15', '--record', String(clips)];
    await python('tools/spikingjelly/train.py', features, ...out);
    const files = [at('trained/network.safetensors'), '--mapping', at('trained/mapping.json'), '--features', features];
    const { code, stderr } = spikeword('import', ...files, '--out', at('trained.safetensors'));
    assert.equal(code, 0, stderr);
    const checkpoint = readCheckpoint(at('trained.safetensors'));
    const thresholds = [...checkpoint.parameters]
      .filter(([name]) => name.endsWith('.thresholds'))
      .map(([, [one]]) => one);
    assert.ok(
      thresholds.every((threshold) => threshold !== 1),
      `thresholds were trained: ${thresholds}`,
    );

    const { tensors } = decodeTensors(readFileSync(features), features);
    const { data } = tensors.get('features')!;
    const recorded = decodeTensors(readFileSync(at('trained/spikes.safetensors')), 'spikes').tensors;
    const integers = quantizeNetwork(checkpoint);
    const plan = planNetwork(checkpoint.spec);
    const perClip = data.length / tensors.get('labels')!.data.length;
    let [all, other] = [0, 0];
    for (let clip = 0; clip < clips; clip++) {
      const input = (data as Int8Array).slice(clip * perClip, (clip + 1) * perClip);
      const float = referenceSpikes(checkpoint, input);
      const integer = judge(integers, input);
      for (const [k, { name }] of plan.layers.entries()) {
        const spikes = recorded.get(name)!.data as Uint8Array;
        const theirs = spikes.subarray((clip * spikes.length) / clips, ((clip + 1) * spikes.length) / clips);
        assert.deepEqual([...float.spikes.get(name)!], [...theirs], `${name}, clip ${clip}`);
        all += theirs.length;
        other += integer.spikes[k].reduce((sum, spike, n) => sum + (spike === theirs[n] ? 0 : 1), 0);
      }
    }
    // 3 % after these few steps of training; a layer in the wrong place changes half of all spikes
    assert.ok(other / all < 0.05, `${other} of ${all} differ`);
  });

  const [board] = boardsAtHand;
  test('and then it is quantised, flashed and evaluated on a board like any other', { skip: board.skip }, async () => {
    const sample = packagePath('datasets/sample');
    const succeeds = (...args: string[]): string => {
      const { code, stdout, stderr } = spikeword(...args);
      assert.equal(code, 0, stderr);
      return stdout;
    };
    succeeds('quantize', at('trained.safetensors'), '--data', sample, '--out', at('integers'));
    const model = at('integers/model.spkw');
    const { port, stop } = await board.start(at('flash'));
    try {
      succeeds('flash', model, '--port', port);
      const args = ['evaluate', model, '--data', sample, '--port', port, '--clips', '8', '--json'];
      const { clips, disagreements } = JSON.parse(succeeds(...args));
      assert.deepEqual([clips, disagreements], [8, []]);
      const clip = join(sample, 'yes/06fb60c7_nohash_0.wav');
      assert.ok(JSON.parse(succeeds('bisect', clip, '--model', model, '--port', port, '--json')).agrees);
    } finally {
      await stop();
    }
  });
});

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import type { LayerMapping, TensorMapping } from '../../host/core/interchange/index.js';
import {
  type Checkpoint,
  encodeTensors,
  type NetworkSpec,
  parameterShapes,
  planNetwork,
  presetNetwork,
  type Tensor,
} from '../../host/core/network/index.js';
import { importNetwork, writeCheckpoint } from '../../host/model/index.js';
import { inFloat64, referenceInput } from '../quantization/checkpoints.js';
import { convolve, normalize } from '../reference/index.js';
import { firingCheckpoint, randomFeatures, referenceSpikes } from './networks.js';

const scratch = mkdtempSync(join(tmpdir(), 'spikeword-tensors-'));
after(() => rmSync(scratch, { recursive: true }));
const at = (name: string): string => join(scratch, name);

/** The tensors under names of PyTorch, with kernels along time alone in a 1-D network. */
function inPyTorch(
  { spec, parameters }: Checkpoint,
  spikes: TensorMapping['spikes'],
): { tensors: Map<string, Tensor>; mapping: TensorMapping } {
  const names = {
    'bn.gamma': 'bn.weight',
    'bn.beta': 'bn.bias',
    'bn.mean': 'bn.running_mean',
    'bn.variance': 'bn.running_var',
  };
  const tensors = new Map<string, Tensor>();
  const layers: Record<string, LayerMapping> = {};
  for (const { name, shape } of parameterShapes(planNetwork(spec))) {
    let theirs = `net.${name}`;
    for (const [our, their] of Object.entries(names)) theirs = theirs.replace(our, their);
    const flat = spec.dimensions === 1 && shape.length === 4 ? shape.slice(0, 3) : shape;
    tensors.set(theirs, { shape: flat, data: parameters.get(name)! });
    if (name.endsWith('.weight') && !name.startsWith('classifier')) {
      const layer = name.slice(0, -'.weight'.length);
      const batchNorm = { convolution: `net.${layer}`, batchNorm: `net.${layer}.bn` };
      layers[layer] = layer.endsWith('shortcut') ? batchNorm : { ...batchNorm, threshold: `net.${layer}.thresholds` };
      tensors.set(`net.${layer}.bn.num_batches_tracked`, { shape: [], data: BigInt64Array.of(7n) });
    }
  }
  return { tensors, mapping: { network: spec, spikes, layers, classifier: 'net.classifier' } };
}

/** Writes the files of an import; returns their paths as `importNetwork` takes them. */
function written(checkpoint: Checkpoint, tensors: ReadonlyMap<string, Tensor>, mapping: unknown) {
  writeFileSync(at('net.safetensors'), encodeTensors(tensors, { format: 'pt' }));
  writeFileSync(at('mapping.json'), JSON.stringify(mapping));
  writeCheckpoint(at('like.safetensors'), checkpoint);
  return [at('net.safetensors'), { mapping: at('mapping.json'), features: at('like.safetensors') }] as const;
}

/** A network whose spikes are worth 1 everywhere, as plainly as possible: spikes by layer, [timestep][neuron]. */
function spikesOfOne({ spec, parameters }: Checkpoint, features: Int8Array): Map<string, Float64Array> {
  const plan = planNetwork(spec);
  const values = inFloat64(parameters);
  const spikes = new Map<string, Float64Array>();
  const names = plan.layers.map(({ name }) => name);
  for (const { name, source, convolution, shortcut, neurons } of plan.layers) {
    const out = new Float64Array(plan.timesteps * neurons);
    const membrane = new Float64Array(neurons);
    const thresholds = values.get(`${name}.thresholds`)!;
    const current = (part: string, shape: typeof convolution, input: Float64Array): Float64Array => {
      const positions = shape.output.frames * shape.output.bands;
      const get = (what: string): Float64Array => values.get(`${part}.bn.${what}`)!;
      const statistics = { mean: get('mean'), variance: get('variance') };
      const sum = convolve(shape, input, values.get(`${part}.weight`)!, 1);
      return normalize(sum, get('gamma'), get('beta'), statistics, 1, positions).output;
    };
    for (let t = 0; t < plan.timesteps; t++) {
      const from = (index: number): Float64Array => {
        const all = spikes.get(names[index])!;
        return all.slice((t * all.length) / plan.timesteps, ((t + 1) * all.length) / plan.timesteps);
      };
      const added = current(name, convolution, source < 0 ? referenceInput(plan, features) : from(source));
      if (shortcut?.kind === 'identity') for (const [n, spike] of from(shortcut.source).entries()) added[n] += spike;
      if (shortcut?.kind === 'projection') {
        const branch = current(`${name}.shortcut`, shortcut.convolution, from(shortcut.source));
        for (const [n, value] of branch.entries()) added[n] += value;
      }
      const threshold = thresholds[thresholds.length === 1 ? 0 : t];
      for (let n = 0; n < neurons; n++) {
        membrane[n] += added[n];
        if (membrane[n] < threshold) continue;
        membrane[n] -= threshold;
        out[t * neurons + n] = 1;
      }
    }
    spikes.set(name, out);
  }
  return spikes;
}

describe('tensors of another program', () => {
  const specs: [string, NetworkSpec][] = (['atif-u', 'atif-nu'] as const).flatMap((neuron) => [
    [`small, ${neuron}`, presetNetwork('small', { classes: 3, neuron })],
    [`reference, ${neuron}`, presetNetwork('reference', { classes: 3, neuron })],
  ]);
  for (const [k, [name, spec]] of specs.entries()) {
    const checkpoint = firingCheckpoint(spec, 31 + k);

    test(`are taken as they are where a spike is worth its threshold (${name})`, async () => {
      const { tensors, mapping } = inPyTorch(checkpoint, 'threshold');
      const { parameters, spec: found } = await importNetwork(...written(checkpoint, tensors, mapping));
      assert.deepEqual([found, parameters], [spec, checkpoint.parameters]);
    });

    test(`fire the same spikes where a spike is worth 1 (${name})`, async () => {
      const { tensors, mapping } = inPyTorch(checkpoint, 'one');
      const imported = await importNetwork(...written(checkpoint, tensors, mapping));
      const clip = randomFeatures(spec, k);
      assert.deepEqual(referenceSpikes(imported, clip).spikes, spikesOfOne(checkpoint, clip));
    });
  }

  test('may have biases instead of batch norms', async () => {
    const checkpoint = firingCheckpoint(presetNetwork('tiny', { classes: 2, neuron: 'if' }), 2);
    const { tensors, mapping } = inPyTorch(checkpoint, 'one');
    for (const name of [...tensors.keys()]) if (/\.bn\.|thresholds/.test(name)) tensors.delete(name);
    const layers = Object.fromEntries(
      Object.entries(mapping.layers).map(([name, { convolution }]) => [name, { convolution }]),
    );
    const bias = Float32Array.from({ length: 24 }, (_, c) => c / 8);
    tensors.set('net.stem.bias', { shape: [24], data: bias });
    const { parameters } = await importNetwork(...written(checkpoint, tensors, { ...mapping, layers }));
    assert.deepEqual(parameters.get('stem.bn.beta'), bias);
    assert.deepEqual([...parameters.get('stem.thresholds')!], [1]);
    assert.deepEqual(parameters.get('stem.weight'), checkpoint.parameters.get('stem.weight'));
  });

  const checkpoint = firingCheckpoint(presetNetwork('tiny', { classes: 2 }), 2);
  const { tensors, mapping } = inPyTorch(checkpoint, 'one');
  const without = (name: string): Map<string, Tensor> => new Map([...tensors].filter(([other]) => other !== name));
  const withLayer = (name: string, layer: unknown): unknown => ({
    ...mapping,
    layers: { ...mapping.layers, [name]: layer },
  });
  const refusals: Record<string, [ReadonlyMap<string, Tensor>, unknown, RegExp]> = {
    'a tensor that is missing': [
      without('net.stem.weight'),
      mapping,
      /net\.safetensors: tensor net\.stem\.weight is missing/,
    ],
    'a tensor without a place': [
      new Map([...tensors, ['net.extra.bias', { shape: [1], data: Float32Array.of(1) }]]),
      mapping,
      /the mapping has no place for net\.extra\.bias; name them in "ignore"/,
    ],
    'a tensor of another shape': [
      new Map([...tensors, ['net.stem.weight', { shape: [24, 10, 3], data: new Float32Array(720) }]]),
      mapping,
      /tensor net\.stem\.weight is \[24,10,3\], expected \[24,10,5,1\]/,
    ],
    'a tensor that is not finite': [
      new Map([...tensors, ['net.stem.bn.bias', { shape: [24], data: new Float32Array(24).fill(Infinity) }]]),
      mapping,
      /tensor net\.stem\.bn\.bias holds Infinity at 0/,
    ],
    'a threshold that is not above 0': [
      tensors,
      withLayer('stem', { ...mapping.layers.stem, threshold: -1 }),
      /net\.safetensors: (stem: the threshold is -1|the mapping has no place for net\.stem\.thresholds)/,
    ],
    'a mapping without a layer': [tensors, withLayer('stem', undefined), /mapping\.json: layers\.stem is missing/],
    'a layer that the network does not have': [
      tensors,
      withLayer('stage9.block1.conv1', mapping.layers.stem),
      /layers\.stage9\.block1\.conv1 is not a layer of this network; expected stem, stage1\.block1\.conv1/,
    ],
    'an unknown field': [tensors, { ...mapping, spike: 1 }, /spike is not a known field/],
    'spikes of another kind': [
      tensors,
      { ...mapping, spikes: 'two' },
      /spikes is "two", expected "one" or "threshold"/,
    ],
    'a network that cannot be': [
      tensors,
      { ...mapping, network: { ...mapping.network, timesteps: 0 } },
      /mapping\.json: network\.timesteps is 0, expected a whole number/,
    ],
  };
  for (const [name, [given, map, said]] of Object.entries(refusals)) {
    test(`are refused with ${name}`, async () => {
      await assert.rejects(importNetwork(...written(checkpoint, given, map)), said);
    });
  }

  test('need a mapping, and words and features', async () => {
    const [path, options] = written(checkpoint, tensors, mapping);
    await assert.rejects(importNetwork(path, { ...options, mapping: undefined }), /need --mapping FILE/);
    await assert.rejects(importNetwork(path, { ...options, features: undefined }), /give --features/);
    await assert.rejects(
      importNetwork(path, { ...options, features: path }),
      /expected a file that spikeword features wrote/,
    );
    writeFileSync(at('mapping.json'), '{');
    await assert.rejects(importNetwork(path, options), /mapping\.json: /);
  });
});

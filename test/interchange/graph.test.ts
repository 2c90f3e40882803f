import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import {
  graphToNetwork,
  type NirArray,
  type NirGraph,
  type NirNode,
  type NirValue,
  networkToGraph,
} from '../../host/core/interchange/index.js';
import { type NetworkSpec, presetNetwork } from '../../host/core/network/index.js';
import { Random } from '../../host/core/random.js';
import { randomSpec } from '../judge/random-network.js';
import { firingCheckpoint, randomFeatures, referenceSpikes } from './networks.js';

const tiny = (neuron: NetworkSpec['neuron'] = 'atif-u'): NetworkSpec => presetNetwork('tiny', { classes: 3, neuron });

const numbers = (node: NirNode | undefined, key: string): NirArray => node?.values.get(key) as NirArray;

/** The graph with other values in some nodes, other metadata or other edges. */
function changed(
  graph: NirGraph,
  {
    nodes = {},
    ...parts
  }: { nodes?: Record<string, Partial<Record<string, NirValue>>> } & Partial<Omit<NirGraph, 'nodes'>>,
): NirGraph {
  const all = new Map(graph.nodes);
  for (const [name, { type, ...values }] of Object.entries(nodes)) {
    const node = all.get(name);
    const merged = new Map([...(node?.values ?? []), ...(Object.entries(values) as [string, NirValue][])]);
    all.set(name, { type: (type as string) ?? node?.type, values: merged });
  }
  return { ...graph, nodes: all, ...parts };
}

describe('a network that leaves as a graph and comes back', () => {
  const random = new Random(7, 1);
  const specs = [
    ...(['tiny', 'reference', 'listen-small'] as const).map((name) => presetNetwork(name, { classes: 4 })),
    ...Array.from({ length: 24 }, (_, k) =>
      randomSpec(random, { neuron: k % 3 === 0 ? 'if' : 'atif-u', padding: k % 4 === 1 ? 'valid' : 'same' }),
    ),
  ];
  for (const [k, spec] of specs.entries()) {
    const checkpoint = firingCheckpoint(spec, k + 1);
    const graph = networkToGraph(checkpoint);
    const back = graphToNetwork(graph, 'network.nir');

    test(`${k}: keeps its description, words and features`, () => {
      const { parameters: _, ...description } = checkpoint;
      const { parameters: __, ...found } = back;
      assert.deepEqual(found, description);
    });

    test(`${k}: fires the same spikes`, () => {
      const features = randomFeatures(spec, 1000 + k);
      const [before, after] = [checkpoint, back].map((network) => referenceSpikes(network, features));
      assert.deepEqual(after.spikes, before.spikes);
      for (const [c, logit] of after.logits.entries()) assert.ok(Math.abs(logit - before.logits[c]) < 1e-4);
    });

    test(`${k}: has the same graph again, bit for bit, and a classifier to the last bit`, () => {
      const again = networkToGraph(back);
      assert.deepEqual(again.edges, graph.edges);
      for (const [name, node] of graph.nodes) {
        const other = again.nodes.get(name);
        if (name !== 'classifier') {
          assert.deepEqual(other, node, name);
          continue;
        }
        for (const key of ['weight', 'bias']) {
          const { data } = numbers(other, key);
          for (const [at, value] of numbers(node, key).data.entries()) {
            assert.ok(Math.abs(data[at] - value) <= 2 ** -23 * Math.abs(value), `${key} ${at}: ${data[at]}, ${value}`);
          }
        }
      }
    });
  }
});

test('a graph without our description needs timesteps, words and reset, and is then the same network', () => {
  for (const name of ['small', 'reference', 'listen-small']) {
    const checkpoint = firingCheckpoint(presetNetwork(name, { classes: 3 }), 5);
    const { labels, features, provenance } = checkpoint;
    const graph = changed(networkToGraph(checkpoint), { metadata: new Map() });
    const training = { labels, features, provenance };
    const back = graphToNetwork(graph, 'foreign.nir', { training, timesteps: 4, softReset: true });
    assert.deepEqual(back.spec, checkpoint.spec);
    const clip = randomFeatures(checkpoint.spec, 9);
    assert.deepEqual(referenceSpikes(back, clip).spikes, referenceSpikes(checkpoint, clip).spikes);
    for (const [left, expected] of [
      [{ training, timesteps: 4 }, /foreign\.nir: does not say how spikes reset .* give --soft-reset/],
      [{ training, softReset: true }, /give --timesteps/],
      [{ timesteps: 4, softReset: true }, /give --features/],
    ] as const) {
      assert.throws(() => graphToNetwork(graph, 'foreign.nir', left), expected);
    }
  }
});

test('a plain edge as shortcut adds 1 per spike, for which the layer is scaled', () => {
  const checkpoint = firingCheckpoint({ ...presetNetwork('small', { classes: 3 }), timesteps: 3 }, 3);
  const graph = networkToGraph(checkpoint);
  const shortcut = 'stage1.block1.conv2.shortcut';
  const nodes = new Map(graph.nodes);
  nodes.delete(shortcut);
  const edges = graph.edges
    .filter(([, to]) => to !== shortcut)
    .map(([from, to]): [string, string] => [from === shortcut ? 'stem.neuron' : from, to]);
  const back = graphToNetwork({ ...graph, nodes, edges }, 'plain.nir');
  // an amplitude of exactly 1 in the convolution says the same, and is read through other code
  const channels = 32;
  const eye = Float32Array.from({ length: channels ** 2 }, (_, at) => (at % (channels + 1) === 0 ? 1 : 0));
  const one = graphToNetwork(
    changed(graph, { nodes: { [shortcut]: { weight: { shape: [channels, channels, 1], data: eye } } } }),
    'one.nir',
  );
  assert.deepEqual(back, one);
  // scaled: a threshold of another size, and other spikes than with the threshold of the stem as amplitude
  assert.notDeepEqual(
    back.parameters.get('stage1.block1.conv2.thresholds'),
    checkpoint.parameters.get('stage1.block1.conv2.thresholds'),
  );
  // by hand: currents and threshold of that layer times the amplitude, which what reads its spikes makes up for
  const stem = checkpoint.parameters.get('stem.thresholds')![0];
  const scaled = new Map(checkpoint.parameters);
  for (const part of ['bn.gamma', 'bn.beta', 'thresholds']) {
    const name = `stage1.block1.conv2.${part}`;
    scaled.set(
      name,
      scaled.get(name)!.map((value) => value * stem),
    );
  }
  for (const part of ['conv1', 'conv2.shortcut']) {
    const name = `stage2.block1.${part}.weight`;
    scaled.set(
      name,
      scaled.get(name)!.map((value) => value / stem),
    );
  }
  const clip = randomFeatures(checkpoint.spec, 4);
  const { spikes } = referenceSpikes({ ...checkpoint, parameters: scaled }, clip);
  assert.deepEqual(referenceSpikes(back, clip).spikes, spikes);
});

describe('what NIR cannot express is refused:', () => {
  test('ordinary activations', () => {
    const spec = { ...tiny('relu') };
    assert.throws(() => networkToGraph(firingCheckpoint(spec, 1)), /NIR has no ordinary activations \(relu\)/);
  });

  test('a threshold for each timestep', () => {
    const said =
      /stem has a threshold for each timestep \(.*\), and NIR's IF neuron has only one: train with --neuron atif-u/;
    assert.throws(() => networkToGraph(firingCheckpoint(tiny('atif-nu'), 1)), said);
  });
});

describe('a graph that is not of our family is refused:', () => {
  const graph = networkToGraph(firingCheckpoint(tiny(), 2));
  const one = (value: number): NirArray => ({ shape: [], data: Float64Array.of(value) });
  const vector = (...values: number[]): NirArray => ({ shape: [values.length], data: Float64Array.from(values) });
  const edges = (...more: [string, string][]): NirGraph['edges'] => [...graph.edges, ...more];
  const neuron = 'stage1.block1.conv1.neuron';
  const classifier = numbers(graph.nodes.get('classifier'), 'weight');
  const uneven = classifier.data.map((value, at) => (at === 1 ? value + 1 : value));
  const foreign = (more: Record<string, NirValue>): NirGraph['metadata'] =>
    new Map([...graph.metadata, ...Object.entries(more)]);
  const cases: Record<string, [NirGraph, RegExp]> = {
    'a leaky neuron': [
      changed(graph, { nodes: { [neuron]: { type: 'LIF' } } }),
      /node stage1\.block1\.conv1\.neuron is LIF, expected IF: spikeword has no leak/,
    ],
    'thresholds that differ in a layer': [
      changed(graph, { nodes: { [neuron]: { v_threshold: vector(1, 2) } } }),
      /v_threshold is 1 and 2, expected one value for the whole layer/,
    ],
    'a negative threshold': [
      changed(graph, { nodes: { [neuron]: { v_threshold: vector(-1) } } }),
      /v_threshold is -1, expected a number above 0/,
    ],
    'a reset to another potential': [
      changed(graph, { nodes: { [neuron]: { v_reset: vector(0.5) } } }),
      /v_reset is 0\.5, expected 0/,
    ],
    'a resistance that is not 1 over a timestep': [
      changed(graph, { nodes: { [neuron]: { r: vector(10_000) } } }),
      /r is 10000 and a timestep is 1, expected r = 1\/dt/,
    ],
    'a hard reset': [changed(graph, { metadata: foreign({ reset: 'zero' }) }), /does not say how spikes reset/],
    'a dilated convolution': [
      changed(graph, { nodes: { stem: { dilation: one(2) } } }),
      /node stem: dilation is 2, expected 1/,
    ],
    'another stride than described': [
      changed(graph, { nodes: { stem: { stride: one(2) } } }),
      /node stem has 10 → 24 channels, kernel 5 × 1, stride 2 × 1, .* in a network of this family it has .* stride 1 × 1/,
    ],
    'values that are not numbers': [
      changed(graph, { nodes: { stem: { bias: vector(Number.NaN) } } }),
      /node stem: bias holds NaN at 0/,
    ],
    'a shape that does not fit its values': [
      changed(graph, { nodes: { stem: { weight: { shape: [24, 10, 7], data: new Float32Array(4) } } } }),
      /node stem: weight has 4 values, expected \[24,10,7\]/,
    ],
    'a third branch': [
      changed(graph, { edges: edges(['stem.neuron', 'classifier']) }),
      /node stem\.neuron feeds .* expected the two branches of a residual block/,
    ],
    'an edge to nowhere': [changed(graph, { edges: edges(['stem', 'nowhere']) }), /an edge names node nowhere/],
    'another current into a neuron': [
      changed(graph, { edges: edges(['stage2.block1.conv1', neuron]) }),
      /node stage2\.block1\.conv1 feeds|node stage1\.block1\.conv1\.neuron adds|expected a residual block/,
    ],
    'a shortcut that mixes channels is refused where shapes are equal': [
      changed(networkToGraph(firingCheckpoint(presetNetwork('small', { classes: 3 }), 2)), {
        nodes: {
          'stage1.block1.conv2.shortcut': { weight: { shape: [32, 32, 1], data: new Float32Array(1024).fill(1) } },
        },
      }),
      /mixes channels, but shortcuts between equal shapes are the identity/,
    ],
    'a classifier that reads positions': [
      changed(graph, { nodes: { classifier: { weight: { shape: classifier.shape, data: uneven } } } }),
      /node classifier weighs the positions of a channel differently/,
    ],
    'a classifier with neurons': [
      changed(graph, { nodes: { output: { type: 'IF' } } }),
      /node output is IF, expected Output: the classifier has no neurons/,
    ],
    'two inputs': [changed(graph, { nodes: { other: { type: 'Input' } } }), /has 2 nodes of type Input, expected one/],
    'another input': [
      changed(graph, { nodes: { input: { shape: vector(20, 49) } } }),
      /the input has shape \[20,49\], expected \[10,49\]/,
    ],
  };
  for (const [name, [given, said]] of Object.entries(cases)) {
    test(name, () => {
      assert.throws(
        () => graphToNetwork(given, 'bad.nir'),
        (error) => error instanceof NetworkError && error.message.startsWith('bad.nir: ') && said.test(error.message),
      );
    });
  }
});

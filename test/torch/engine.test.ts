import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { NetworkError, UsageError } from '../../host/core/error.js';
import { FEATURE_SCALE } from '../../host/core/features/index.js';
import { NEURON_KINDS, type NetworkSpec, presetNetwork } from '../../host/core/network/index.js';
import type { Engine, OptimizerSettings, StepResult, StepSettings } from '../../host/core/training/index.js';
import { findPython, TorchEngine, TorchProcesses } from '../../host/training/torch/index.js';
import {
  ADAMW,
  type Example,
  exampleFeatures,
  exampleLabels,
  exampleOf,
  IMAGE,
  LINE,
  LINE_VALID,
  SQUARE_VALID,
  withEngine,
} from '../training/engine/networks.js';
import { noTorch } from './setup.js';

const SETTINGS: StepSettings = { learningRate: 0.01, labelSmoothing: 0.1, spikePenalty: 0.3 };
/** After its first step, the momentum of SGD is the gradient, and then a sum of gradients. */
const SGD: OptimizerSettings = { ...ADAMW, kind: 'sgd' };
const STEPS = 10;
/**
 * The two round differently, so a membrane that is within rounding of its threshold may spike in one alone, and all
 * that comes after it differs. This is rare, and the other steps are compared.
 */
const MOST_FLIPPED = 2;

/** The difference of two tensors, as a fraction of the norm of the second. */
function differenceOf(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  assert.equal(actual.length, expected.length);
  const norm = Math.hypot(...Array.from(expected));
  return Math.hypot(...Array.from(expected, (value, k) => actual[k] - value)) / Math.max(norm, 1e-6);
}

type Tensors = ReadonlyMap<string, Float32Array>;

function assertNear(actual: Tensors, expected: Tensors, tolerance: number, what: string): void {
  assert.deepEqual([...actual.keys()], [...expected.keys()]);
  for (const [name, tensor] of expected) {
    const difference = differenceOf(actual.get(name)!, tensor);
    assert.ok(difference <= tolerance, `${what}, ${name}: off by ${difference} of its norm`);
  }
}

/** Whether a spike has flipped, and the layers after it differ. More than one at once is a fault. */
function spikeFlipped(actual: Pick<StepResult, 'spikes'>, expected: Pick<StepResult, 'spikes'>): boolean {
  const difference = expected.spikes.map((spikes, layer) => Math.abs(spikes - actual.spikes[layer])).find((n) => n > 0);
  assert.ok((difference ?? 0) <= 1, `the first layer that differs does so by ${difference} spikes`);
  return difference !== undefined;
}

/** Batches of noise for the steps of an example. */
function batchesOf({ plan }: Example, clips: number, steps: number) {
  return Array.from({ length: steps }, (_, step) => ({
    features: exampleFeatures(plan, clips, 100 + step),
    labels: exampleLabels(plan, clips, 200 + step),
  }));
}

/** One step on all clips of a batch, in their order. */
async function stepOf(engine: Engine, { features, labels }: { features: Int8Array; labels: Int32Array }) {
  let result: StepResult | null = null;
  const order = labels.map((_, clip) => clip);
  await engine.takeSteps({ features, labels, order, settings: [SETTINGS] }, async (of) => {
    result = of;
  });
  return result as unknown as StepResult;
}

const onCpus = (processes: number) => TorchProcesses.start({ device: 'cpu', processes, threads: 2 }, findPython());

describe('the torch engine against the wasm engine', { skip: noTorch }, () => {
  let processes: TorchProcesses;
  before(async () => {
    processes = await onCpus(1);
  });
  after(() => processes.close());

  const shapes: [string, NetworkSpec, number][] = [
    ['tiny', presetNetwork('tiny', { classes: 12 }), 12],
    ['small', presetNetwork('small', { classes: 12 }), 12],
    ["2-D, of the paper's kind", presetNetwork('reference', { classes: 12 }), 6],
    ['1-D without padding', LINE_VALID, 9],
    ['2-D without padding', SQUARE_VALID, 9],
    ['2-D with three channels', IMAGE, 9],
  ];
  for (const [title, shape, clips] of shapes) {
    for (const neuron of NEURON_KINDS) {
      test(`takes the same ten steps, each from the state that the other has left, and infers the same, ${title}, ${neuron}`, async () => {
        const example = exampleOf({ ...shape, neuron }, 7);
        const torch = await TorchEngine.begin(processes, { plan: example.plan, batchSize: clips, optimizer: SGD });
        await torch.setParameters(example.parameters);
        await withEngine(example, { batchSize: clips, threads: 2, optimizer: SGD }, async (wasm) => {
          let flipped = 0;
          for (const [k, batch] of batchesOf(example, clips, STEPS).entries()) {
            const [expected, actual] = [await stepOf(wasm, batch), await stepOf(torch, batch)];
            if (spikeFlipped(actual, expected)) flipped++;
            else {
              assert.ok(
                Math.abs(actual.loss / expected.loss - 1) < 1e-4,
                `step ${k}: ${actual.loss}, ${expected.loss}`,
              );
              assert.equal(actual.correct, expected.correct);
              const [theirs, ours] = [await torch.optimizerState(), wasm.optimizerState()];
              assert.equal(theirs.step, ours.step);
              assertNear(theirs.tensors, ours.tensors, 1e-4, `gradients of step ${k}`);
              assertNear(await torch.parameters(), wasm.parameters(), 1e-4, `parameters after step ${k}`);
            }
            await torch.setParameters(wasm.parameters());
            await torch.setOptimizerState(wasm.optimizerState());
          }
          assert.ok(flipped <= MOST_FLIPPED, `in ${flipped} of ${STEPS} steps a spike differs`);
          const { features, labels } = batchesOf(example, 2 * clips + 1, 1)[0];
          const [expected, actual] = [wasm.infer(features, labels), await torch.infer(features, labels)];
          if (!spikeFlipped(actual, expected)) {
            const difference = differenceOf(actual.logits, expected.logits);
            assert.ok(difference < 1e-4, `logits are off by ${difference} of their norm`);
            assert.deepEqual(actual.predictions, expected.predictions);
            assert.equal(actual.correct, expected.correct);
            assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-4);
          }
          assert.ok(Number.isNaN((await torch.infer(features)).loss));
        });
      });
    }
  }

  test('mixes each clip with the next: the gradients of mixed features, by the shares of both labels', async () => {
    const example = exampleOf({ ...IMAGE, neuron: 'atif-u' }, 7);
    const [clips, ownShare] = [9, 0.7];
    const [{ features, labels }] = batchesOf(example, clips, 1);
    const size = features.length / clips;
    const next = (at: number): number => (at + size) % features.length;
    const mixed = Float32Array.from(
      features,
      (x, at) => (ownShare * x + (1 - ownShare) * features[next(at)]) * FEATURE_SCALE,
    );
    const theirs = labels.map((_, clip) => labels[(clip + 1) % clips]);
    const [own, other] = await withEngine(example, { batchSize: clips, optimizer: SGD }, (wasm) =>
      [labels, theirs].map((of) => wasm.gradients(mixed, of, SETTINGS)),
    );

    const optimizer = { ...SGD, weightDecay: 0, gradientClip: 0 };
    const torch = await TorchEngine.begin(processes, { plan: example.plan, batchSize: clips, optimizer });
    await torch.setParameters(example.parameters);
    const order = labels.map((_, clip) => clip);
    const settings = [{ ...SETTINGS, ownShare }];
    let loss = Number.NaN;
    await torch.takeSteps({ features, labels, order, settings }, async (result) => {
      loss = result.loss;
    });
    const between = (a: number, b: number): number => ownShare * a + (1 - ownShare) * b;
    assert.ok(Math.abs(loss / between(own.loss, other.loss) - 1) < 1e-5, `${loss}`);
    for (const [name, momentum] of (await torch.optimizerState()).tensors) {
      const [ours, others] = [own, other].map(({ gradients }) => gradients.get(name.replace('first.', ''))!);
      const expected = ours.map((value, k) => between(value, others[k]));
      assert.ok(differenceOf(momentum, expected) < 1e-4, `${name}: off by ${differenceOf(momentum, expected)}`);
    }
    await withEngine(example, { batchSize: clips, optimizer: SGD }, (wasm) =>
      assert.rejects(
        wasm.takeSteps({ features, labels, order, settings }, async () => {}),
        {
          name: 'TrainingError',
          message: /^the wasm engine does not mix clips$/,
        },
      ),
    );
  });

  test('takes the same ten steps with AdamW', async () => {
    const example = exampleOf(presetNetwork('tiny', { classes: 12, neuron: 'atif-nu' }), 7);
    const clips = 12;
    const torch = await TorchEngine.begin(processes, { plan: example.plan, batchSize: clips, optimizer: ADAMW });
    let compared = 0;
    await withEngine(example, { batchSize: clips, optimizer: ADAMW }, async (wasm) => {
      for (const [k, batch] of batchesOf(example, clips, STEPS).entries()) {
        await torch.setParameters(wasm.parameters());
        await torch.setOptimizerState(wasm.optimizerState());
        const [expected, actual] = [await stepOf(wasm, batch), await stepOf(torch, batch)];
        if (spikeFlipped(actual, expected)) continue;
        compared++;
        assert.ok(Math.abs(actual.loss / expected.loss - 1) < 1e-4);
        assertNear((await torch.optimizerState()).tensors, wasm.optimizerState().tensors, 1e-4, `state of step ${k}`);
        assertNear(await torch.parameters(), wasm.parameters(), 1e-4, `parameters after step ${k}`);
      }
    });
    assert.ok(compared >= STEPS - MOST_FLIPPED);
  });

  test('repeats its steps to the bit', async () => {
    const example = exampleOf(LINE, 7);
    const [batch] = batchesOf(example, 20, 1);
    const once = async (): Promise<Tensors> => {
      const torch = await TorchEngine.begin(processes, { plan: example.plan, batchSize: 20, optimizer: ADAMW });
      await torch.setParameters(example.parameters);
      for (let step = 0; step < 5; step++) await stepOf(torch, batch);
      return torch.parameters();
    };
    assert.deepEqual(await once(), await once());
  });

  test('refuses labels, parameters and batches that do not fit', async () => {
    const { plan, parameters } = exampleOf(LINE, 7);
    const torch = await TorchEngine.begin(processes, { plan, batchSize: 4, optimizer: ADAMW });
    const features = exampleFeatures(plan, 4, 1);
    await assert.rejects(stepOf(torch, { features, labels: Int32Array.of(0, 1, 2, 5) }), NetworkError);
    const more = { features: exampleFeatures(plan, 5, 1), labels: new Int32Array(5) };
    await assert.rejects(stepOf(torch, more), /5 clips, but a batch holds at most 4/);
    await assert.rejects(torch.infer(features, new Int32Array(3)), /3 labels were given for 4 clips/);
    const without = new Map([...parameters].filter(([name]) => name !== 'stem.weight'));
    await assert.rejects(torch.setParameters(without), /tensor stem\.weight is missing/);
    const wrong = new Map(parameters).set('classifier.bias', new Float32Array(3));
    await assert.rejects(torch.setParameters(wrong), /tensor classifier\.bias has 3 values, expected \[5\]/);
  });
});

describe('several processes of the torch engine', { skip: noTorch }, () => {
  const running: TorchProcesses[] = [];
  before(async () => {
    for (const count of [1, 2, 4]) running.push(await onCpus(count));
  });
  after(() => Promise.all(running.map((processes) => processes.close())));

  for (const neuron of NEURON_KINDS) {
    // nine clips cannot be divided equally
    test(`compute the same gradients, statistics and logits of the same batch, ${neuron}`, async () => {
      const example = exampleOf(presetNetwork('tiny', { classes: 12, neuron }), 7);
      const [batch] = batchesOf(example, 9, 1);
      const results = [];
      for (const processes of running) {
        const torch = await TorchEngine.begin(processes, { plan: example.plan, batchSize: 9, optimizer: SGD });
        await torch.setParameters(example.parameters);
        const step = await stepOf(torch, batch);
        const { tensors } = await torch.optimizerState();
        results.push({ step, tensors, after: await torch.parameters(), inference: await torch.infer(batch.features) });
      }
      const [one, ...others] = results;
      for (const other of others) {
        assert.ok(Math.abs(other.step.loss / one.step.loss - 1) < 1e-5);
        assert.deepEqual([other.step.correct, other.step.spikes], [one.step.correct, one.step.spikes]);
        assertNear(other.tensors, one.tensors, 1e-5, 'gradients');
        assertNear(other.after, one.after, 1e-5, 'parameters');
        assert.ok(differenceOf(other.inference.logits, one.inference.logits) < 1e-5);
        assert.deepEqual(other.inference.spikes, one.inference.spikes);
      }
    });
  }

  test('refuse a batch that has fewer clips than there are processes', async () => {
    const { plan } = exampleOf(LINE, 7);
    await assert.rejects(
      TorchEngine.begin(running[2], { plan, batchSize: 3, optimizer: ADAMW }),
      new UsageError('4 processes, but a batch has 3 clips: every process needs at least one'),
    );
  });
});

import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { CLIP_SAMPLES } from '../../host/core/audio/index.js';
import { embedModel, encodeModel } from '../../host/core/model/index.js';
import { type Checkpoint, planNetwork, presetNetwork } from '../../host/core/network/index.js';
import { quantizeNetwork } from '../../host/core/quantization/index.js';
import { wilsonInterval } from '../../host/core/statistics/index.js';
import { type Example, openDataset, packSamples, resolveTask, taskExamples } from '../../host/dataset/index.js';
import { type Evaluation, evaluateModel } from '../../host/evaluation/index.js';
import { openFrontEnd } from '../../host/features/index.js';
import { writeCheckpoint } from '../../host/model/index.js';
import { wasmBytes } from '../../host/system/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { type Judgement, judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { inFloat64, randomCheckpoint, referenceInput } from '../quantization/checkpoints.js';
import { forward } from '../reference/index.js';

const data = packagePath('datasets/sample');
const task = resolveTask('yes,no,up,down');
const folder = mkdtempSync(join(tmpdir(), 'spikeword-evaluate-'));
after(() => rmSync(folder, { recursive: true }));
const model = join(folder, 'model.spkw');
const checkpointFile = join(folder, 'model.safetensors');

const parameters = { frames: 49, mean: [-120_000, 0, 0, 0, 0, 0, 0, 0, 0, 0], multiplier: new Array(10).fill(120) };

async function featuresOf(examples: readonly Example[]): Promise<Int8Array[]> {
  const pack = await packSamples(openDataset(data), examples);
  const frontEnd = openFrontEnd(parameters);
  const samples = new Int16Array(CLIP_SAMPLES);
  const features = Array.from({ length: pack.count }, (_, clip) => {
    pack.read(clip, samples);
    return frontEnd.features(samples);
  });
  pack.close();
  return features;
}

/** An untrained network, which mistakes most clips: the tests check only the counting. */
async function build(): Promise<{
  checkpoint: Checkpoint;
  features: Int8Array[];
  judgements: Judgement[];
  spoken: number[];
  names: string[];
}> {
  const examples = taskExamples(openDataset(data), task, 'testing', 3);
  const features = await featuresOf(examples);
  const spec = presetNetwork('tiny', { classes: task.labels.length });
  const drawn = randomCheckpoint(spec, 2, features.slice(0, 4));
  const checkpoint: Checkpoint = {
    ...drawn,
    labels: task.labels,
    features: parameters,
    provenance: { ...drawn.provenance, task: task.name, seed: 3 },
  };
  const network = quantizeNetwork(checkpoint);
  writeFileSync(model, encodeModel(network));
  writeCheckpoint(checkpointFile, checkpoint);
  return {
    checkpoint,
    features,
    judgements: features.map((one) => judge(network, one)),
    spoken: examples.map(({ label }) => label),
    names: examples.map(({ name }) => name),
  };
}

describe('the evaluation of a model', () => {
  let expected: Awaited<ReturnType<typeof build>>;
  let evaluation: Evaluation;
  before(async () => {
    expected = await build();
    evaluation = await evaluateModel({ model, data, split: 'testing', threads: 2, portray: 'representative' });
  });

  test('counts the same answers as the judge', () => {
    const { report } = evaluation;
    const { judgements, spoken } = expected;
    const right = judgements.filter((one, clip) => one.class === spoken[clip]).length;
    assert.equal(report.clips, spoken.length);
    assert.equal(report.accuracy, right / spoken.length);
    assert.deepEqual(report.accuracyInterval, wilsonInterval(right, spoken.length));
    for (const [k] of task.labels.entries()) {
      for (const [j] of task.labels.entries()) {
        const clips = judgements.filter((one, clip) => spoken[clip] === k && one.class === j).length;
        assert.equal(report.confusion[k][j], clips, `${task.labels[k]} recognised as ${task.labels[j]}`);
      }
    }
  });

  test('counts other words that the network tells apart as one', async () => {
    const told = resolveTask('live:yes,no+up,down');
    const counted = ['yes', 'no', '_unknown_', '_silence_'];
    const examples = taskExamples(openDataset(data), resolveTask('live:yes,no'), 'testing', 3, { partial: true });
    const features = await featuresOf(examples);
    const spec = presetNetwork('tiny', { classes: told.labels.length });
    const drawn = randomCheckpoint(spec, 7, features.slice(0, 4));
    const provenance = { ...drawn.provenance, task: told.name, seed: 3 };
    const network = quantizeNetwork({ ...drawn, labels: told.labels, features: parameters, provenance });
    const file = join(mkdtempSync(join(folder, 'told-')), 'model.spkw');
    writeFileSync(file, encodeModel(network));
    const { report } = await evaluateModel({ model: file, data, split: 'testing' });
    const answers = features.map((one) => judge(network, one).class);
    const answered = (label: number): number[] => (label === 2 ? [2, 4, 5] : [label]);
    assert.deepEqual(report.labels, counted);
    assert.deepEqual(
      report.confusion,
      counted.map((_, k) =>
        counted.map(
          (_, j) => examples.filter(({ label }, n) => label === k && answered(j).includes(answers[n])).length,
        ),
      ),
    );
    assert.ok(answers.some((answer) => answer > 3));
  });

  test('runs the requested number of clips, spread over the split', async () => {
    const { report } = await evaluateModel({ model, data, split: 'testing', clips: 5 });
    const { spoken } = expected;
    const chosen = [0, 1, 2, 3, 4].map((k) => Math.floor((k * spoken.length) / 5));
    assert.equal(report.clips, 5);
    assert.deepEqual(
      report.perClass.map(({ clips }) => clips),
      task.labels.map((_, label) => chosen.filter((clip) => spoken[clip] === label).length),
    );
  });

  test('counts the same spikes and operations as the judge', () => {
    const { layers } = evaluation.report;
    const { judgements } = expected;
    for (const [k, layer] of layers.entries()) {
      const spikes = judgements.reduce((sum, one) => sum + one.spikes[k].reduce((a, b) => a + b, 0), 0);
      const operations = judgements.reduce((sum, one) => sum + one.synapticOperations[k], 0);
      assert.equal(layer.spikesPerNeuron, spikes / (layer.neurons * judgements.length), layer.name);
      assert.equal(layer.synapticOperations, operations / judgements.length, layer.name);
    }
  });

  test('finds the checkpoint next to the model and compares with it', () => {
    const { agreement, agreementWith, floatAccuracy } = evaluation.report;
    assert.equal(agreementWith, 'the float network in model.safetensors');
    const { checkpoint, features, judgements, spoken } = expected;
    const plan = planNetwork(checkpoint.spec);
    const float = features.map((one) => {
      const { logits } = forward(plan, inFloat64(checkpoint.parameters), referenceInput(plan, one), 1, 'running');
      return logits.indexOf(Math.max(...logits));
    });
    assert.equal(agreement, float.filter((one, clip) => one === judgements[clip].class).length / float.length);
    assert.equal(floatAccuracy, float.filter((one, clip) => one === spoken[clip]).length / float.length);
    assert.ok(agreement > 0.8 && agreement < 1, `${agreement}: neither lost nor trivial`);
  });

  test('gives the same for the folder of the model, and finds its float network there', async () => {
    const { report } = await evaluateModel({ model: folder, data, split: 'testing', threads: 2 });
    const { model, accuracy, agreementWith } = evaluation.report;
    assert.deepEqual([report.model, report.accuracy, report.agreementWith], [model, accuracy, agreementWith]);
  });

  test('draws clips with the same spikes as the judge', () => {
    const { portraits } = evaluation;
    assert.ok(portraits.length > 0);
    const { timesteps } = planNetwork(expected.checkpoint.spec);
    for (const { clip, rasters, spikes, spoken, answers } of portraits) {
      const { spikes: seen, class: winner } = expected.judgements[expected.names.indexOf(clip)];
      assert.equal(spikes, seen.flatMap((layer) => [...layer]).filter((bit) => bit === 1).length);
      assert.equal(spoken, clip.split('/')[0]);
      assert.equal(answers[0].label, task.labels[winner]);
      for (const [k, { levels, channels, columns }] of rasters.entries()) {
        const frames = columns / timesteps;
        for (let t = 0; t < timesteps; t++) {
          for (let c = 0; c < channels; c++) {
            for (let frame = 0; frame < frames; frame++) {
              const level = levels[c * columns + frame * timesteps + t];
              assert.equal(level, 255 * seen[k][(t * channels + c) * frames + frame]);
            }
          }
        }
      }
    }
  });

  test('is the same on one thread, except for the speed', async () => {
    const alone = await evaluateModel({ model, data, split: 'testing', threads: 1 });
    const timeless = { clipsPerSecond: 0, threads: 0 };
    assert.deepEqual({ ...alone.report, ...timeless }, { ...evaluation.report, ...timeless });
  });

  test('refuses a task that is not the model’s', async () => {
    await assert.rejects(evaluateModel({ model, data, split: 'testing', task: 'yes,no,up,go' }), {
      name: 'EvaluationError',
      message: 'task yes,no,up,go has the labels yes no up go, but the model has yes no up down',
    });
  });

  test('does not compare if there is no checkpoint, and says so', async () => {
    const alone = join(folder, 'alone');
    cpSync(model, join(alone, 'model.spkw'));
    const { report } = await evaluateModel({ model: join(alone, 'model.spkw'), data, split: 'testing' });
    assert.equal(report.agreement, null);
    assert.match(report.agreementWith, /^no checkpoint next to the model/);
  });

  test('runs the kernel inside a module and gives the same results', async () => {
    const module = join(folder, 'model.wasm');
    writeFileSync(module, embedModel(readFileSync(model), wasmBytes('kernel')));
    const found = await evaluateModel({ model: module, data, split: 'testing', threads: 2, portray: 'representative' });
    const same = { clipsPerSecond: 0, model: '' };
    assert.deepEqual({ ...found.report, ...same }, { ...evaluation.report, ...same });
    assert.deepEqual(found.portraits, evaluation.portraits);
  });

  test('refuses an unknown clip before it recognises any', async () => {
    const steps: string[] = [];
    const stage = (label: string) => {
      steps.push(label);
      return { update: () => undefined, stop: () => undefined };
    };
    await assert.rejects(evaluateModel({ model, data, split: 'testing', portray: ['yes/none.wav'], stage }), {
      name: 'EvaluationError',
      message: /^clip yes\/none\.wav is not one of the evaluated clips/,
    });
    assert.deepEqual(steps, ['reading clips']);
  });

  test('refuses a task of two labels for a model with one label that is written the same', async () => {
    const spec = presetNetwork('tiny', { classes: 1 });
    const network = randomQuantizedNetwork(1, { spec });
    const file = join(folder, 'one-label.spkw');
    const provenance = { ...network.provenance, task: 'yes,no' };
    writeFileSync(file, encodeModel({ ...network, labels: ['yes,no'], provenance }));
    await assert.rejects(evaluateModel({ model: file, data, split: 'testing' }), { name: 'EvaluationError' });
  });

  test('refuses a checkpoint of another epoch of the same run', async () => {
    const { checkpoint } = expected;
    const parameters = new Map(checkpoint.parameters);
    const weights = Float32Array.from(parameters.get('stage1.block1.conv2.weight') ?? []);
    weights[100] += 0.1 * Math.max(...weights);
    const file = join(folder, 'later.safetensors');
    writeCheckpoint(file, { ...checkpoint, parameters: parameters.set('stage1.block1.conv2.weight', weights) });
    await assert.rejects(evaluateModel({ model, data, split: 'testing', checkpoint: file }), {
      name: 'EvaluationError',
      message: /later\.safetensors: not the network that .*: its weights differ from the model's$/,
    });
  });

  test('ignores another network that it found, and refuses one that was given', async () => {
    const other = join(folder, 'other');
    const file = join(other, 'model.spkw');
    cpSync(model, file);
    const provenance = { ...expected.checkpoint.provenance };
    const labels = ['yes', 'no', 'down', 'up'];
    writeCheckpoint(join(other, 'best.safetensors'), { ...expected.checkpoint, labels, provenance });
    const { report } = await evaluateModel({ model: file, data, split: 'testing' });
    assert.equal(report.agreement, null);
    assert.equal(report.agreementWith, "best.safetensors is another network: its labels differ from the model's");
    await assert.rejects(
      evaluateModel({ model: file, data, split: 'testing', checkpoint: join(other, 'best.safetensors') }),
      /EvaluationError: .*best\.safetensors: not the network that .*: its labels differ/,
    );
  });
});

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { NetworkError } from '../../host/core/error.js';
import { FEATURE_SCALE } from '../../host/core/features/index.js';
import { NEURON_KINDS, type NetworkPlan, type NetworkSpec, parameterShapes } from '../../host/core/network/index.js';
import { MINIMUM_THRESHOLD } from '../../host/core/training/index.js';
import { openTrainingEngine } from '../../host/training/index.js';
import { forward, trainingStep } from '../reference/index.js';
import {
  ADAMW,
  exampleFeatures,
  exampleLabels,
  exampleOf,
  IMAGE,
  LINE,
  LINE_VALID,
  SQUARE,
  SQUARE_VALID,
  withEngine,
} from './engine/networks.js';

const SETTINGS = { learningRate: 0.01, labelSmoothing: 0.1, spikePenalty: 0.3 };
/** Largest difference between single and double precision, as a fraction of the norm of a tensor. */
const TOLERANCE = 1e-5;

function assertNear(actual: ArrayLike<number>, expected: ArrayLike<number>, what: string): void {
  assert.equal(actual.length, expected.length, `${what}: length`);
  const norm = Math.hypot(...Array.from(expected));
  const error = Math.hypot(...Array.from(expected, (value, k) => actual[k] - value));
  assert.ok(error <= TOLERANCE * Math.max(norm, 1e-3), `${what}: off by ${error} of ${norm}`);
}

const doubles = (tensors: ReadonlyMap<string, Float32Array>): Map<string, Float64Array> =>
  new Map([...tensors].map(([name, tensor]) => [name, Float64Array.from(tensor)]));

/** Converts [clip][frame][coefficient][channel] to the [clip][channel][frame][band] of the reference. */
function referenceInput(plan: NetworkPlan, features: Int8Array): Float64Array {
  const { frames, coefficients, channels = 1 } = plan.spec.input;
  if (plan.spec.dimensions === 2) {
    const cells = frames * coefficients;
    return Float64Array.from(features, (_, at) => {
      const clip = Math.floor(at / (cells * channels));
      const channel = Math.floor(at / cells) % channels;
      return features[(clip * cells + (at % cells)) * channels + channel] * FEATURE_SCALE;
    });
  }
  return Float64Array.from(features, (_, at) => {
    const frame = at % frames;
    const coefficient = Math.floor(at / frames) % coefficients;
    const clip = Math.floor(at / (frames * coefficients));
    return features[(clip * frames + frame) * coefficients + coefficient] * FEATURE_SCALE;
  });
}

const bytesOf = (tensors: ReadonlyMap<string, Float32Array>): Record<string, string> =>
  Object.fromEntries([...tensors].map(([name, t]) => [name, Buffer.from(t.buffer).toString('base64')]));

describe('the training engine against the float64 reference', () => {
  const shapes: [string, NetworkSpec][] = [
    ['1-D', LINE],
    ['2-D', SQUARE],
    ['1-D without padding', LINE_VALID],
    ['2-D without padding', SQUARE_VALID],
    ['2-D with three channels', IMAGE],
  ];
  for (const [title, shape] of shapes) {
    for (const neuron of NEURON_KINDS) {
      const example = exampleOf({ ...shape, neuron }, 7);
      const clips = 5;
      const features = exampleFeatures(example.plan, clips, 8);
      const labels = exampleLabels(example.plan, clips, 9);
      const input = referenceInput(example.plan, features);

      test(`computes every gradient, ${title}, ${neuron}`, async () => {
        const expected = trainingStep(example.plan, doubles(example.parameters), input, labels, SETTINGS);
        const scaled = Float32Array.from(features, (x) => x * FEATURE_SCALE);
        const actual = await withEngine(example, { batchSize: clips, threads: 2 }, (engine) =>
          engine.gradients(scaled, labels, SETTINGS),
        );
        if (neuron !== 'relu') assert.deepEqual([...actual.spikes], [...expected.spikes]);
        assertNear(actual.logits, expected.logits, 'logits');
        assertNear([actual.loss], [expected.loss], 'loss');
        assert.deepEqual([...actual.gradients.keys()].sort(), [...expected.gradients.keys()].sort());
        for (const [name, gradient] of expected.gradients) {
          assertNear(actual.gradients.get(name) ?? [], gradient, `gradient of ${name}`);
        }
      });

      test(`infers with running statistics, in batches that do not divide the clips, ${title}, ${neuron}`, async () => {
        const expected = forward(example.plan, doubles(example.parameters), input, clips, 'running');
        const actual = await withEngine(example, { batchSize: 2 }, (engine) => engine.infer(features, labels));
        if (neuron !== 'relu') assert.deepEqual([...actual.spikes], [...expected.spikes]);
        assertNear(actual.logits, expected.logits, 'logits');
        const winners = Array.from(labels, (_, clip) => {
          const logits = [...actual.logits.subarray(clip * shape.classes, (clip + 1) * shape.classes)];
          return logits.indexOf(Math.max(...logits));
        });
        assert.deepEqual([...actual.predictions], winners);
        assert.equal(actual.correct, winners.filter((winner, clip) => winner === labels[clip]).length);
      });
    }
  }
});

describe('the training engine', () => {
  const clips = 22;
  const example = exampleOf(LINE, 1);
  const features = exampleFeatures(example.plan, clips, 2);
  const labels = exampleLabels(example.plan, clips, 3);

  for (const shape of [LINE, SQUARE, LINE_VALID]) {
    test(`gives the same bits with 1, 2 and 4 threads, ${shape.dimensions}-D, ${shape.padding ?? 'same'}`, async () => {
      const trained = exampleOf(shape, 1);
      const batch = exampleFeatures(trained.plan, clips, 2);
      const answers = exampleLabels(trained.plan, clips, 3);
      const runs = await Promise.all(
        [1, 2, 4].map((threads) =>
          withEngine(trained, { batchSize: clips, threads }, (engine) => {
            const losses = Array.from({ length: 6 }, () => engine.step(batch, answers, SETTINGS).loss);
            const { tensors } = engine.optimizerState();
            return { losses, parameters: bytesOf(engine.parameters()), state: bytesOf(tensors) };
          }),
        ),
      );
      assert.deepEqual(runs[1], runs[0]);
      assert.deepEqual(runs[2], runs[0]);
    });
  }

  test('continues from its parameters and optimiser state as if it had never stopped', async () => {
    const through = await withEngine(example, { batchSize: clips }, (engine) => {
      for (let n = 0; n < 4; n++) engine.step(features, labels, SETTINGS);
      return bytesOf(engine.parameters());
    });
    const half = await withEngine(example, { batchSize: clips }, (engine) => {
      for (let n = 0; n < 2; n++) engine.step(features, labels, SETTINGS);
      return { parameters: engine.parameters(), state: engine.optimizerState() };
    });
    const resumed = await withEngine({ ...example, parameters: half.parameters }, { batchSize: clips }, (engine) => {
      engine.setOptimizerState(half.state);
      for (let n = 0; n < 2; n++) engine.step(features, labels, SETTINGS);
      return bytesOf(engine.parameters());
    });
    assert.deepEqual(resumed, through);
  });

  test('treats a batch that is not full as a batch of its own size', async () => {
    const few = 3;
    const some = features.subarray(0, (few * features.length) / clips);
    const run = (batchSize: number) =>
      withEngine(example, { batchSize }, (engine) => {
        // The rest of an earlier full batch must not be read again.
        if (batchSize === clips) engine.gradients(Float32Array.from(features), labels);
        engine.setParameters(example.parameters);
        return engine.gradients(
          Float32Array.from(some, (x) => x * FEATURE_SCALE),
          labels.subarray(0, few),
        );
      });
    const [alone, within] = [await run(few), await run(clips)];
    assert.equal(within.loss, alone.loss);
    for (const [name, gradient] of alone.gradients) assertNear(within.gradients.get(name)!, gradient, name);
  });

  test('updates running statistics by a tenth of those of the batch, with the unbiased variance', async () => {
    const { plan } = example;
    const input = referenceInput(plan, features);
    const { layers } = forward(plan, doubles(example.parameters), input, clips, 'batch');
    const after = await withEngine(example, { batchSize: clips }, (engine) => {
      engine.step(features, labels, SETTINGS);
      return engine.parameters();
    });
    for (const [k, layer] of plan.layers.entries()) {
      const { norm } = layers[k].main;
      const count = clips * layer.convolution.output.frames * (k === 0 ? 1 : plan.timesteps);
      const mean = example.parameters.get(`${layer.name}.bn.mean`)!;
      const variance = example.parameters.get(`${layer.name}.bn.variance`)!;
      assertNear(
        after.get(`${layer.name}.bn.mean`)!,
        Array.from(mean, (before, c) => 0.9 * before + 0.1 * norm.mean[c]),
        `${layer.name} mean`,
      );
      assertNear(
        after.get(`${layer.name}.bn.variance`)!,
        Array.from(variance, (before, c) => 0.9 * before + (0.1 * norm.variance[c] * count) / (count - 1)),
        `${layer.name} variance`,
      );
    }
  });

  test('learns one batch until its loss is far below that of guessing', async () => {
    const last = await withEngine(example, { batchSize: clips, threads: 2 }, (engine) => {
      let loss = 0;
      for (let n = 0; n < 60; n++) {
        loss = engine.step(features, labels, { learningRate: 0.01, labelSmoothing: 0, spikePenalty: 0 }).loss;
      }
      return loss;
    });
    assert.ok(last < 0.5, `loss ${last} after 60 steps, ${Math.log(LINE.classes)} by guessing`);
  });

  test('spikes less if spikes have a penalty', async () => {
    const spikes = (spikePenalty: number) =>
      withEngine(example, { batchSize: clips }, (engine) => {
        for (let n = 0; n < 20; n++) {
          engine.step(features, labels, { learningRate: 0.01, labelSmoothing: 0, spikePenalty });
        }
        return engine
          .gradients(
            Float32Array.from(features, (x) => x / 32),
            labels,
          )
          .spikes.reduce((a, b) => a + b, 0);
      });
    const [free, costly] = [await spikes(0), await spikes(5)];
    assert.ok(costly < 0.7 * free, `${costly} spikes at a price, ${free} without`);
  });

  test('keeps thresholds positive', async () => {
    const parameters = await withEngine(example, { batchSize: clips }, (engine) => {
      for (let n = 0; n < 5; n++) engine.step(features, labels, { ...SETTINGS, learningRate: 2, spikePenalty: -50 });
      return engine.parameters();
    });
    const smallest = Math.min(...LINE_THRESHOLDS.map((name) => Math.min(...parameters.get(name)!)));
    assert.equal(smallest, Math.fround(MINIMUM_THRESHOLD));
  });

  test('reports that a network does not fit into memory, and how to make it fit', async () => {
    const { plan } = exampleOf({ ...LINE, stages: [{ ...LINE.stages[0], channels: 1024 }], timesteps: 32 }, 1);
    const options = { plan, batchSize: 4096, threads: 1, optimizer: ADAMW };
    await assert.rejects(openTrainingEngine(options), /TrainingError: training needs \d+ MiB or more; .* --batch/);
  });

  test('names the fault of arguments that it refuses', async () => {
    await withEngine(example, { batchSize: 4 }, (engine) => {
      const one = features.subarray(0, features.length / clips);
      assert.throws(() => engine.step(features, labels, SETTINGS), /22 clips, but a batch holds at most 4/);
      assert.throws(
        () => engine.step(one, Int32Array.of(5), SETTINGS),
        /label 5 is out of range: the network has 5 classes/,
      );
      assert.throws(() => engine.step(one, Int32Array.of(1, 2), SETTINGS), /65 features, expected 65 for each of 2/);
      assert.throws(() => engine.infer(one.subarray(1), Int32Array.of(1)), NetworkError);
      assert.throws(() => engine.setParameters(new Map()), /tensor stem.weight is missing/);
      const wrong = new Map(example.parameters).set('stem.bn.gamma', new Float32Array(3));
      assert.throws(() => engine.setParameters(wrong), /tensor stem.bn.gamma has 3 values, expected \[6\]/);
    });
  });
});

const LINE_THRESHOLDS = parameterShapes(exampleOf(LINE, 1).plan)
  .filter(({ role }) => role === 'threshold')
  .map(({ name }) => name);

/** Hinton et al. 2015, section 2, of one clip, with smoothed labels. */
function distillationLoss(
  student: readonly number[],
  teacher: readonly number[],
  label: number,
  { weight, temperature, labelSmoothing }: { weight: number; temperature: number; labelSmoothing: number },
): number {
  const softmax = (logits: readonly number[], by: number): number[] => {
    const powers = logits.map((logit) => Math.exp(logit / by));
    const sum = powers.reduce((a, b) => a + b, 0);
    return powers.map((power) => power / sum);
  };
  const sharp = softmax(student, 1);
  const [soft, target] = [student, teacher].map((logits) => softmax(logits, temperature));
  const smoothed = (k: number): number => labelSmoothing / sharp.length + (k === label ? 1 - labelSmoothing : 0);
  const crossEntropy = sharp.reduce((sum, p, k) => sum - smoothed(k) * Math.log(p), 0);
  const divergence = target.reduce((sum, p, k) => sum + p * Math.log(p / soft[k]), 0);
  return (1 - weight) * crossEntropy + weight * temperature ** 2 * divergence;
}

describe('distillation', () => {
  const clips = 6;
  const settings = { labelSmoothing: 0.1, spikePenalty: 0 };
  const rows = (logits: Float32Array, classes: number): number[][] =>
    Array.from({ length: clips }, (_, clip) => [...logits.subarray(clip * classes, (clip + 1) * classes)]);

  for (const neuron of NEURON_KINDS) {
    const example = exampleOf({ ...SQUARE, neuron }, 4);
    const { classes } = example.plan.spec;
    const labels = exampleLabels(example.plan, clips, 6);
    const features = Float32Array.from(exampleFeatures(example.plan, clips, 5), (x) => x * FEATURE_SCALE);
    const logits = Float32Array.from({ length: clips * classes }, (_, k) => 3 * Math.sin(5 * k));
    const taught = { logits, weight: 0.7, temperature: 3 };

    test(`computes the published loss, ${neuron}`, async () => {
      const actual = await withEngine(example, { batchSize: clips, threads: 2 }, (engine) =>
        engine.gradients(features, labels, settings, taught),
      );
      const losses = rows(actual.logits, classes).map((student, clip) =>
        distillationLoss(student, rows(logits, classes)[clip], labels[clip], { ...settings, ...taught }),
      );
      assertNear([actual.loss], [losses.reduce((a, b) => a + b, 0) / clips], 'loss');
    });

    test(`computes the gradient that differences of the loss have, ${neuron}`, async () => {
      const { gradients } = await withEngine(example, { batchSize: clips }, (engine) =>
        engine.gradients(features, labels, settings, taught),
      );
      // spikes jump, so only the classifier's parameters change the loss smoothly
      for (const name of ['classifier.weight', 'classifier.bias']) {
        const [tensor, gradient] = [example.parameters.get(name)!, gradients.get(name)!];
        const norm = Math.hypot(...gradient);
        const lossAt = (distance: number): Promise<number> => {
          const moved = tensor.map((value, k) => value + (distance * gradient[k]) / norm);
          const parameters = new Map(example.parameters).set(name, moved);
          return withEngine({ ...example, parameters }, { batchSize: clips }, (engine) => {
            return engine.gradients(features, labels, settings, taught).loss;
          });
        };
        const slope = ((await lossAt(0.01)) - (await lossAt(-0.01))) / 0.02;
        assert.ok(Math.abs(slope / norm - 1) < 1e-3, `${name}: ${slope}, expected ${norm}`);
      }
    });
  }

  test('learns nothing from a teacher that agrees, and forgets its teacher in the next batch', async () => {
    const example = exampleOf(LINE, 4);
    const labels = exampleLabels(example.plan, clips, 6);
    const features = Float32Array.from(exampleFeatures(example.plan, clips, 5), (x) => x * FEATURE_SCALE);
    await withEngine(example, { batchSize: clips }, (engine) => {
      const alone = engine.gradients(features, labels, settings);
      const agreeing = { logits: alone.logits, weight: 1, temperature: 2 };
      const { loss, gradients } = engine.gradients(features, labels, settings, agreeing);
      assert.equal(loss, 0);
      for (const [name, gradient] of gradients)
        assert.ok(
          gradient.every((value) => value === 0),
          name,
        );
      assert.deepEqual(engine.gradients(features, labels, settings).gradients, alone.gradients);
    });
  });

  test('takes from its teacher what it says of the clips of each batch', async () => {
    const example = exampleOf(LINE, 1);
    const features = exampleFeatures(example.plan, 4, 2);
    const labels = exampleLabels(example.plan, 4, 3);
    const order = Int32Array.of(2, 0, 3, 1);
    const [first, second] = [order.subarray(0, 2), order.subarray(2)].map((of) => ({
      features: Int8Array.from([...of].flatMap((clip) => [...features.subarray(clip * 65, (clip + 1) * 65)])),
      labels: Int32Array.from(of, (clip) => labels[clip]),
    }));
    const by = { weight: 0.5, temperature: 2 };
    const other = exampleOf({ ...SQUARE, input: LINE.input, neuron: 'relu', classes: LINE.classes }, 9);
    const [expected, actual] = await withEngine(other, { batchSize: 2 }, async (teacher) => [
      await withEngine(example, { batchSize: 2 }, (engine) => {
        for (const batch of [first, second]) {
          const { logits } = teacher.infer(batch.features);
          engine.step(batch.features, batch.labels, SETTINGS, { ...by, logits });
        }
        return bytesOf(engine.parameters());
      }),
      await withEngine(example, { batchSize: 2 }, async (engine) => {
        const steps = { features, labels, order, settings: [SETTINGS, SETTINGS] };
        await engine.takeSteps({ ...steps, teacher: { ...by, engine: teacher } }, async () => {});
        return bytesOf(engine.parameters());
      }),
    ]);
    assert.deepEqual(actual, expected);
  });

  test('refuses a teacher with another number of classes', async () => {
    const example = exampleOf(LINE, 1);
    const features = exampleFeatures(example.plan, 2, 2);
    await withEngine(example, { batchSize: 2 }, (engine) => {
      const taught = { logits: new Float32Array(6), weight: 0.5, temperature: 2 };
      assert.throws(() => engine.step(features, Int32Array.of(0, 1), SETTINGS, taught), {
        name: 'NetworkError',
        message: '6 logits of a teacher, expected 10 for 2 clips',
      });
    });
  });
});

describe('the optimiser', () => {
  const clips = 6;
  const example = exampleOf({ ...LINE, neuron: 'atif-nu' }, 4);
  const features = exampleFeatures(example.plan, clips, 5);
  const labels = exampleLabels(example.plan, clips, 6);
  const scaled = Float32Array.from(features, (x) => x * FEATURE_SCALE);

  for (const kind of ['adamw', 'sgd'] as const) {
    for (const gradientClip of [0, 0.05]) {
      test(`follows the published rule of ${kind} with gradients ${gradientClip ? 'clipped' : 'not clipped'}`, async () => {
        const optimizer = { ...ADAMW, kind, gradientClip, weightDecay: 0.3 };
        const rate = 0.02;
        const settings = { learningRate: rate, labelSmoothing: 0, spikePenalty: 0 };
        await withEngine(example, { batchSize: clips, optimizer }, (engine) => {
          const values = doubles(example.parameters);
          const first = new Map<string, Float64Array>();
          const second = new Map<string, Float64Array>();
          for (let step = 1; step <= 3; step++) {
            // From the parameters of the engine, so that rounding errors do not add up to another spike.
            for (const [name, tensor] of engine.parameters()) values.set(name, Float64Array.from(tensor));
            const { gradients } = engine.gradients(scaled, labels, settings);
            const norm = Math.hypot(...[...gradients.values()].map((gradient) => Math.hypot(...gradient)));
            const factor = gradientClip > 0 && norm > gradientClip ? gradientClip / norm : 1;
            engine.step(features, labels, settings);
            const after = engine.parameters();
            for (const { name, role } of parameterShapes(example.plan)) {
              const gradient = gradients.get(name);
              if (gradient === undefined) continue;
              const m = first.get(name) ?? new Float64Array(gradient.length);
              const v = second.get(name) ?? new Float64Array(gradient.length);
              const decay = role === 'weight' ? optimizer.weightDecay : 0;
              const expected = Float64Array.from(values.get(name)!, (value, k) => {
                const g = gradient[k] * factor;
                if (kind === 'sgd') {
                  m[k] = optimizer.momentum * m[k] + g + decay * value;
                  return value - rate * m[k];
                }
                m[k] = optimizer.beta1 * m[k] + (1 - optimizer.beta1) * g;
                v[k] = optimizer.beta2 * v[k] + (1 - optimizer.beta2) * g * g;
                const direction =
                  m[k] / (1 - optimizer.beta1 ** step) / (Math.sqrt(v[k] / (1 - optimizer.beta2 ** step)) + 1e-8);
                return value - rate * decay * value - rate * direction;
              });
              first.set(name, m);
              second.set(name, v);
              assertNear(after.get(name)!, expected, `${name} after step ${step}`);
            }
          }
        });
      });
    }
  }

  test('keeps the thresholds of `if` at 1', async () => {
    const fixed = exampleOf({ ...LINE, neuron: 'if' }, 4);
    const after = await withEngine(fixed, { batchSize: clips }, (engine) => {
      engine.step(features, labels, SETTINGS);
      return engine.parameters();
    });
    for (const name of LINE_THRESHOLDS) assert.deepEqual([...after.get(name)!], [1]);
  });
});

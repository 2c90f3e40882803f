import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { SILENCE, type Split, UNKNOWN } from '../core/dataset/index.js';
import { probabilities } from '../core/kernel/index.js';
import { planNetwork } from '../core/network/index.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import { type Stage, staged } from '../core/stage.js';
import { wilsonInterval } from '../core/statistics/index.js';
import {
  datasetDigest,
  datasetName,
  evidenceOf,
  missingWords,
  openDataset,
  packSamples,
  refuseMissingWords,
  resolveTask,
  type SamplePack,
  type Task,
  taskExamples,
  trainedTask,
} from '../dataset/index.js';
import { extractFeatures } from '../features/index.js';
import { classifyPack, type ModelFile, modelPath, type PackInference, readModel } from '../model/index.js';
import { EvaluationError } from '../system/index.js';
import { activity } from './activity.js';
import { namedClips, representativeClips } from './choose-clips.js';
import { classReports, confusionMatrix } from './confusion.js';
import { floatNetworkOf } from './float-network.js';
import { agreementOf, floatPredictions } from './float-predictions.js';
import { type Outcomes, worstMistakes } from './outcome.js';
import type { ClipPortrait } from './portrait.js';
import { portrayClips } from './portray.js';
import type { EvaluationReport } from './report.js';
import { sameData } from './same-data.js';

export interface EvaluationOptions {
  /** Path of a model.spkw or model.wasm, or of a folder with one model. */
  readonly model: string;
  /** Folder of recordings. */
  readonly data: string;
  readonly split: Split;
  /** Default: the task that the model was trained for. */
  readonly task?: string;
  /** The float network that the model was made from; default: searched in the folder of the model. */
  readonly checkpoint?: string;
  /** Default: all cores. */
  readonly threads?: number;
  /** Converts recordings at other sample rates instead of refusing them. */
  readonly resample?: boolean;
  /** Names of the clips to draw; `representative` chooses some. Default: none. */
  readonly portray?: 'representative' | readonly string[];
  /** Number of clips, spread evenly over the split; default: all. */
  readonly clips?: number;
  /** Runs the clips; default: the WebAssembly kernel on `threads` threads. */
  readonly runner?: ClipRunner;
  /** Reports the current step and its progress. */
  readonly stage?: Stage;
}

/** Runs a model on every clip of a pack. */
export interface ClipRunner {
  /** Its name in the progress display. */
  readonly name: string;
  readonly threads: number;
  run(model: ModelFile, pack: SamplePack, onProgress: (done: number) => void): Promise<PackInference>;
}

export interface Evaluation {
  readonly report: EvaluationReport;
  readonly portraits: readonly ClipPortrait[];
}

/**
 * Runs the WebAssembly kernel on every clip of a split, from samples to answer, and reports the results. For model.wasm
 * it runs the kernel inside the file, for model.spkw that of this package. Throws `ModelError`, `DatasetError`,
 * `RecordingError`, `UsageError` if the task does not exist, or `EvaluationError` if it does not fit the model.
 */
export async function evaluateModel(options: EvaluationOptions): Promise<Evaluation> {
  const { split, stage, resample } = options;
  const threads = options.threads ?? availableParallelism();
  const model = modelPath(options.model);
  const file = readModel(model);
  const { network } = file;
  const task = taskOf(network, options.task);
  const float = floatNetworkOf(model, network, options.checkpoint);
  const dataset = openDataset(options.data);
  const words = task.labels.filter((label) => label !== SILENCE && label !== UNKNOWN);
  if (words.length - missingWords(dataset, task).length < Math.min(FEWEST_WORDS, words.length)) {
    refuseMissingWords(dataset, task, "; evaluation needs recordings of at least two of the model's words");
  }
  const all = taskExamples(dataset, task, split, network.provenance.seed, { partial: true });
  const examples = spread(all, options.clips);
  const clips = examples.length;
  const runner = options.runner ?? kernelRunner(threads);

  const pack = await staged(stage, 'reading clips', clips, (onProgress) =>
    packSamples(dataset, examples, { onProgress, resample }),
  );
  try {
    const { portray = [] } = options;
    // a wrong name must fail before the evaluation, not after it
    const named = portray === 'representative' ? null : namedClips(pack.names, portray);
    const inference = await staged(stage, runner.name, clips, (onProgress) => runner.run(file, pack, onProgress));
    const outcomes = outcomesOf(network, pack, inference);
    let predictions: Int32Array | null = null;
    if (float.checkpoint !== null) {
      const { checkpoint } = float;
      const features = await staged(stage, 'features', clips, (onProgress) =>
        extractFeatures(pack, network.features, { threads, onProgress }),
      );
      predictions = await staged(stage, 'float network', clips, () => floatPredictions(checkpoint, features, threads));
    }
    const report = {
      ...describeModel(model, file, inference),
      task: task.name,
      dataset: `${datasetName(dataset)} ${datasetDigest(dataset)}`,
      split,
      voices: evidenceOf(task, examples).voices,
      // of the whole split: a few of its clips are chosen by the user, who knows
      missingWords: evidenceOf(task, all).missingWords,
      ...describeAnswers(network, outcomes, inference),
      agreement: predictions && agreementOf(predictions, outcomes.recognised),
      agreementWith: float.checkpoint ? `the float network in ${float.file}` : float.reason,
      floatAccuracy: predictions && agreementOf(predictions, outcomes.spoken),
      clipsPerSecond: pack.count / inference.seconds,
      threads: runner.threads,
    };
    return { report, portraits: portrayClips(file.content, pack, named ?? representativeClips(outcomes)) };
  } finally {
    pack.close();
  }
}

/** Whether a single word is recognised says nothing. */
const FEWEST_WORDS = 2;

function kernelRunner(threads: number): ClipRunner {
  return {
    name: 'kernel',
    threads,
    run: ({ content }, pack, onProgress) => classifyPack(content, pack, { threads, onProgress }),
  };
}

/** Returns `count` of the items at even distances, so that an ordered list keeps all its classes. */
function spread<T>(items: readonly T[], count = items.length): readonly T[] {
  if (count >= items.length) return items;
  return Array.from({ length: count }, (_, k) => items[Math.floor((k * items.length) / count)]);
}

function taskOf(network: QuantizedNetwork, text: string | undefined): Task {
  const task = text === undefined ? trainedTask(network.provenance.task, network.labels) : resolveTask(text);
  if (!sameData(task.labels, network.labels)) {
    throw new EvaluationError(
      `task ${task.name} has the labels ${task.labels.join(' ')}, but the model has ${network.labels.join(' ')}`,
    );
  }
  return task;
}

function outcomesOf(network: QuantizedNetwork, pack: SamplePack, { classes, scores }: PackInference): Outcomes {
  const count = network.labels.length;
  const confidence = Float64Array.from(classes, (winner, clip) => {
    return probabilities(scores.subarray(clip * count, (clip + 1) * count), network.classifier.scale)[winner];
  });
  return { names: pack.names, labels: network.labels, spoken: pack.labels, recognised: classes, confidence };
}

function describeModel(path: string, { bytes, network }: ModelFile, { ramBytes }: PackInference) {
  const { neuron, dimensions } = network.spec;
  const { timesteps, weights } = planNetwork(network.spec);
  return {
    model: basename(path),
    modelBytes: bytes.length,
    ramBytes,
    labels: network.labels,
    network: { neuron, timesteps, dimensions, weights },
    provenance: network.provenance,
  };
}

function describeAnswers(network: QuantizedNetwork, outcomes: Outcomes, totals: PackInference) {
  const { spoken, recognised, labels } = outcomes;
  const clips = spoken.length;
  const accuracy = agreementOf(spoken, recognised);
  const confusion = confusionMatrix(spoken, recognised, labels.length);
  return {
    clips,
    accuracy,
    accuracyInterval: wilsonInterval(Math.round(accuracy * clips), clips),
    ...activity(planNetwork(network.spec), totals, clips),
    perClass: classReports(confusion, labels),
    confusion,
    mistakes: worstMistakes(outcomes),
  };
}

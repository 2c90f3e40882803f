import { availableParallelism } from 'node:os';
import { basename } from 'node:path';
import { SILENCE, type Split, UNKNOWN } from '../core/dataset/index.js';
import { probabilities } from '../core/kernel/index.js';
import { encodeModel } from '../core/model/index.js';
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
  withOneOther,
} from '../dataset/index.js';
import { extractFeatures } from '../features/index.js';
import {
  classifyFeatures,
  classifyPack,
  type ModelFile,
  modelPath,
  type PackInference,
  readModel,
} from '../model/index.js';
import { evidenceOfPictures, openPictures, somePictures } from '../pictures/index.js';
import { EvaluationError } from '../system/index.js';
import { namedClips, representativeClips } from './choose-clips.js';
import { classReports, confusionMatrix } from './confusion.js';
import { decisionShares, kernelActivity, withoutEarly } from './early-report.js';
import { type FloatNetwork, floatNetworkOf } from './float-network.js';
import { agreementOf, floatPredictions } from './float-predictions.js';
import { type Outcomes, worstMistakes } from './outcome.js';
import type { ClipPortrait } from './portrait.js';
import { portrayClips } from './portray.js';
import type { EvaluationReport } from './report.js';
import { sameData } from './same-data.js';
import { spread } from './split-clips.js';

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
  if (task.pictures) return evaluatePictures({ ...options, model, threads }, file, task, float);
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
    const outcomes = outcomesOf(network, task, pack, inference);
    const plain = withoutEarly(network);
    const without =
      network.early === undefined
        ? null
        : await staged(stage, 'without early decisions', clips, (onProgress) =>
            classifyPack(encodeModel(plain), pack, { threads, onProgress }),
          );
    let predictions: Int32Array | null = null;
    if (float.checkpoint !== null) {
      const { checkpoint } = float;
      const features = await staged(stage, 'features', clips, (onProgress) =>
        extractFeatures(pack, network.features, { threads, onProgress }),
      );
      const told = await staged(stage, 'float network', clips, () => floatPredictions(checkpoint, features, threads));
      predictions = told.map(countedAs(task));
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
      early: without && decisionShares(network, inference, without, pack.labels),
      ...describeComparison(float, predictions, outcomes),
      threads: runner.threads,
    };
    return { report, portraits: portrayClips(file.content, pack, named ?? representativeClips(outcomes)) };
  } finally {
    pack.close();
  }
}

/** The same for pictures, which the kernel reads as features. Nothing is drawn of them, and no board runs them. */
async function evaluatePictures(
  { model, data, split, stage, threads, portray, clips, runner }: EvaluationOptions & { readonly threads: number },
  file: ModelFile,
  task: Task,
  float: FloatNetwork,
): Promise<Evaluation> {
  const { network } = file;
  if (runner !== undefined) throw new EvaluationError(`${model}: reads pictures; no board runs it`);
  if (Array.isArray(portray) && portray.length > 0) {
    throw new EvaluationError(`${model}: reads pictures; only clips of sound are drawn`);
  }
  const folder = await staged(stage, 'reading pictures', 1, async () => openPictures(data, task.name));
  const pictures = somePictures(folder[split], clips);
  const { features, labels } = pictures;
  const inference = await staged(stage, 'kernel', labels.length, (onProgress) =>
    classifyFeatures(file.content, features, { threads, onProgress }),
  );
  const outcomes = outcomesOf(network, task, pictures, inference);
  const { checkpoint } = float;
  const predictions =
    checkpoint &&
    (await staged(stage, 'float network', labels.length, () => floatPredictions(checkpoint, features, threads)));
  const report = {
    ...describeModel(model, file, inference),
    task: task.name,
    dataset: `${folder.name} ${folder.digest}`,
    split,
    voices: evidenceOfPictures(task.labels, pictures).voices,
    missingWords: evidenceOfPictures(task.labels, folder[split]).missingWords,
    ...describeAnswers(network, outcomes, inference),
    early: null,
    ...describeComparison(float, predictions, outcomes),
    threads,
  };
  return { report, portraits: [] };
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

function taskOf(network: QuantizedNetwork, text: string | undefined): Task {
  const task = text === undefined ? trainedTask(network.provenance.task, network.labels) : resolveTask(text);
  if (!sameData(task.labels, network.labels)) {
    throw new EvaluationError(
      `task ${task.name} has the labels ${task.labels.join(' ')}, but the model has ${network.labels.join(' ')}`,
    );
  }
  return withOneOther(task);
}

/** Returns the class that an answer of the network counts as: one of other words that it tells apart is `_unknown_`. */
function countedAs({ labels }: Task): (answer: number) => number {
  return (answer) => (answer < labels.length ? answer : labels.indexOf(UNKNOWN));
}

function outcomesOf(
  network: QuantizedNetwork,
  task: Task,
  pack: Pick<SamplePack, 'names' | 'labels'>,
  { classes, scores }: PackInference,
): Outcomes {
  const count = network.labels.length;
  const confidence = Float64Array.from(classes, (winner, clip) => {
    return probabilities(scores.subarray(clip * count, (clip + 1) * count), network.classifier.scale)[winner];
  });
  const recognised = classes.map(countedAs(task));
  return { names: pack.names, labels: task.labels, spoken: pack.labels, recognised, confidence };
}

function describeModel(path: string, { bytes, network }: ModelFile, { ramBytes }: PackInference) {
  const { neuron, dimensions } = network.spec;
  const { timesteps, weights } = planNetwork(network.spec);
  return {
    model: basename(path),
    modelBytes: bytes.length,
    ramBytes,
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
    labels,
    clips,
    accuracy,
    accuracyInterval: wilsonInterval(Math.round(accuracy * clips), clips),
    ...kernelActivity(network, totals, clips),
    perClass: classReports(confusion, labels),
    confusion,
    mistakes: worstMistakes(outcomes),
    clipsPerSecond: clips / totals.seconds,
  };
}

/** Compares with what the float network says, or says why not. */
function describeComparison(float: FloatNetwork, predictions: Int32Array | null, { recognised, spoken }: Outcomes) {
  return {
    agreement: predictions && agreementOf(predictions, recognised),
    agreementWith: float.checkpoint ? `the float network in ${float.file}` : float.reason,
    floatAccuracy: predictions && agreementOf(predictions, spoken),
  };
}

import { availableParallelism } from 'node:os';
import { ModelError } from '../core/error.js';
import { encodeModel } from '../core/model/index.js';
import { planNetwork } from '../core/network/index.js';
import {
  type EarlyDecision,
  earlyDecisionFault,
  keptMembranesFault,
  type QuantizedNetwork,
} from '../core/quantization/index.js';
import { type Stage, staged } from '../core/stage.js';
import { type Evidence, wilsonInterval } from '../core/statistics/index.js';
import { classifyPack, modelPath, type PackInference, readModel, rewriteModel } from '../model/index.js';
import { EvaluationError } from '../system/index.js';
import { chooseDecisions, type Outlook } from './early-choice.js';
import { decisionShares, withoutEarly } from './early-report.js';
import { agreementOf } from './float-predictions.js';
import type { EarlyReport } from './report.js';
import { withSplit } from './split-clips.js';

export interface EarlyOptions {
  /** Path of a model.spkw, or of a folder with one model. */
  readonly model: string;
  /** Folder of recordings, whose validation clips decide. */
  readonly data: string;
  /** Greatest loss of accuracy that is allowed on them, in percentage points. */
  readonly mostLoss: number;
  /** Default: all cores. */
  readonly threads?: number;
  /** Converts recordings at other sample rates instead of refusing them. */
  readonly resample?: boolean;
  /** File for the model; default: the model itself. */
  readonly out?: string;
  readonly stage?: Stage;
}

/** The early decisions that were chosen, and what they do with the validation clips. */
export interface EarlyResult extends EarlyReport, Evidence {
  /** Paths of the model that was read, and of the one that was written. */
  readonly model: string;
  readonly out: string;
  readonly dataset: string;
  readonly clips: number;
  readonly accuracy: number;
  readonly accuracyInterval: readonly [low: number, high: number];
  readonly mostLoss: number;
  readonly early: EarlyDecision;
  readonly ramBytes: number;
}

/** A lead that every winner has. */
const ANY_LEAD = 1;
/** A bias so great that its class wins. */
const WINS = 2 ** 30;

/** Returns the network that stops after `timesteps`, whatever it hears, and the bias with which it does. */
function stoppingAfter(network: QuantizedNetwork, timesteps: number): { network: QuantizedNetwork; bias: Int32Array } {
  const { spec } = network;
  const bias = new Int32Array(spec.classes).fill(WINS, 0, 1);
  const steps = Array.from({ length: spec.timesteps - 1 }, (_, k) => k + 1);
  const early = {
    margins: steps.map((step) => (step === timesteps ? ANY_LEAD : 0)),
    biases: steps.map((step) => Array.from(bias, (value) => (step === timesteps ? value : 0))),
  };
  return { network: { ...network, early }, bias };
}

/** Throws `ModelError` for a network that cannot decide early. */
function checkCandidate(network: QuantizedNetwork, file: string): void {
  const plan = planNetwork(network.spec);
  const { timesteps } = plan;
  const steps = Array.from({ length: timesteps - 1 }, () => ANY_LEAD);
  const example = { margins: steps, biases: steps.map(() => network.labels.map(() => 0)) };
  const fault =
    timesteps < 2
      ? 'a network with one timestep has no earlier one'
      : network.detection !== undefined
        ? 'it was tuned to listen, and a network that listens computes all timesteps'
        : (earlyDecisionFault(example, plan, network.spec.padding) ?? keptMembranesFault(network.layers));
  if (fault !== null) throw new ModelError(`${file} cannot decide early: ${fault}`);
}

/** The scores without the bias with which they were computed. */
function outlookOf({ scores, clipOperations }: PackInference, timesteps: number, bias: Int32Array): Outlook {
  return { timesteps, sums: scores.map((score, k) => score - bias[k % bias.length]), operations: clipOperations };
}

/**
 * Chooses after which timesteps, and with which lead of the winner, a network that classifies clips stops: with the
 * fewest operations on the validation clips, and at most `mostLoss` percentage points of their accuracy. The kernel
 * itself computes what the choice is made from. Writes the model, and the module beside it if there is one. Throws
 * `ModelError` for a network that cannot decide early, `EvaluationError` if no decision saves operations, and what
 * reading the recordings throws.
 */
export async function chooseEarlyDecision(options: EarlyOptions): Promise<EarlyResult> {
  const { stage, mostLoss, resample } = options;
  const path = modelPath(options.model);
  const network = withoutEarly(readModel(path).network);
  checkCandidate(network, path);
  const { classifier, spec } = network;
  const threads = options.threads ?? availableParallelism();
  const split = { data: options.data, split: 'validation', partial: true, resample, threads, stage } as const;
  return withSplit(network, split, async ({ pack, dataset, evidence }) => {
    const classify = (made: QuantizedNetwork, name: string): Promise<PackInference> =>
      staged(stage, name, pack.count, (onProgress) => classifyPack(encodeModel(made), pack, { threads, onProgress }));
    const early: Outlook[] = [];
    for (let timesteps = 1; timesteps < spec.timesteps; timesteps++) {
      const { network: stopping, bias } = stoppingAfter(network, timesteps);
      early.push(outlookOf(await classify(stopping, `timesteps: ${timesteps}`), timesteps, bias));
    }
    const without = await classify(network, `timesteps: ${spec.timesteps}`);
    const whole = outlookOf(without, spec.timesteps, classifier.bias);
    const classifierOperations = classifier.weights.length;
    const outlooks = { spoken: pack.labels, early, whole, bias: classifier.bias, classifierOperations };
    const choice = chooseDecisions(outlooks, Math.floor((mostLoss / 100) * pack.count));
    if (choice === null) {
      throw new EvaluationError(`${path}: no earlier decision saves operations and loses at most ${mostLoss} points`);
    }
    const decided = { ...network, early: choice.early };
    const result = await classify(decided, 'early decisions');
    const out = options.out ?? path;
    rewriteModel(out, decided);
    const accuracy = agreementOf(outlooks.spoken, result.classes);
    return {
      model: path,
      out,
      dataset,
      clips: pack.count,
      accuracy,
      accuracyInterval: wilsonInterval(Math.round(accuracy * pack.count), pack.count),
      mostLoss,
      early: choice.early,
      ramBytes: result.ramBytes,
      ...decisionShares(decided, result, without, outlooks.spoken),
      ...evidence,
    };
  });
}

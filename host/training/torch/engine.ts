import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { NetworkError, TrainingError, UsageError } from '../../core/error.js';
import { FEATURE_SCALE } from '../../core/features/index.js';
import {
  decodeTensors,
  encodeTensors,
  featureCount,
  float32Tensor,
  type NetworkPlan,
  type Parameters,
  parameterShapes,
} from '../../core/network/index.js';
import {
  type Engine,
  type InferenceResult,
  MINIMUM_THRESHOLD,
  type OptimizerSettings,
  type OptimizerState,
  type StepResult,
  type Steps,
} from '../../core/training/index.js';
import type { Python } from './find-python.js';
import { type TorchOptions, TorchProcesses, type TorchReport } from './processes.js';

export interface TorchEngineOptions extends TorchOptions {
  readonly plan: NetworkPlan;
  /** Most clips in a step. */
  readonly batchSize: number;
  readonly optimizer: OptimizerSettings;
  /** Threads of all processes of this machine together, where processors compute. */
  readonly threads: number;
}

type TensorKind = 'parameters' | 'optimizer';

/**
 * Trains a network with PyTorch, in processes that torchrun starts: on GPUs, and on other machines too. The processes
 * share each batch; what they compute depends on their number only by rounding. It repeats itself on the same devices.
 */
export class TorchEngine implements Engine {
  private stepCount = 0;
  private broken = false;
  /** The features that lie in the file for inference: those of validation are the same in every epoch. */
  private inferred: Int8Array | null = null;

  private constructor(
    private readonly options: Pick<TorchEngineOptions, 'plan' | 'batchSize' | 'optimizer'>,
    private readonly processes: TorchProcesses,
  ) {}

  /**
   * Starts the processes, and the engine in them. Throws `UsageError` for options that do not fit together, and
   * `TrainingError` if they cannot start.
   */
  static async create(options: TorchEngineOptions, python: Python): Promise<TorchEngine> {
    checkTorchOptions(options);
    const processes = await TorchProcesses.start(options, python);
    try {
      return await TorchEngine.begin(processes, options);
    } catch (fault) {
      await processes.close(true);
      throw fault;
    }
  }

  /** Begins the training of a network in processes that are ready; what they trained before is lost. */
  static async begin(
    processes: TorchProcesses,
    options: Pick<TorchEngineOptions, 'plan' | 'batchSize' | 'optimizer'>,
  ): Promise<TorchEngine> {
    const { plan, optimizer, batchSize } = options;
    const count = processes.report.pids.length;
    if (count > batchSize) {
      throw new UsageError(`${count} processes, but a batch has ${batchSize} clips: every process needs at least one`);
    }
    const constants = { minimumThreshold: MINIMUM_THRESHOLD, featureScale: FEATURE_SCALE };
    await processes.run('begin', { plan, optimizer, ...constants });
    return new TorchEngine(options, processes);
  }

  get report(): TorchReport {
    return this.processes.report;
  }

  async setParameters(parameters: Parameters): Promise<void> {
    await this.processes.run('setParameters', { file: this.writeTensors('parameters', parameters) });
  }

  async parameters(): Promise<Map<string, Float32Array>> {
    return this.save('parameters');
  }

  async optimizerState(): Promise<OptimizerState> {
    return { step: this.stepCount, tensors: await this.save('optimizer') };
  }

  async setOptimizerState({ step, tensors }: OptimizerState): Promise<void> {
    await this.processes.run('setOptimizer', { file: this.writeTensors('optimizer', tensors), step });
    this.stepCount = step;
  }

  async takeSteps(
    { features, labels, order, settings, teacher }: Steps,
    onStep: (result: StepResult, step: number) => Promise<void>,
  ): Promise<number> {
    const { input, classes } = this.options.plan.spec;
    if (teacher !== undefined) throw new TrainingError('PyTorch does not learn from a teacher');
    const size = featureCount(this.options.plan.spec);
    const batch = order.length / settings.length;
    if (batch > this.options.batchSize) {
      throw new NetworkError(`${batch} clips, but a batch holds at most ${this.options.batchSize}`);
    }
    const wrong = labels.find((label) => !(label >= 0 && label < classes));
    if (wrong !== undefined) {
      throw new NetworkError(`label ${wrong} is out of range: the network has ${classes} classes`);
    }
    const inOrder = new Int8Array(order.length * size);
    order.forEach((clip, k) => {
      inOrder.set(features.subarray(clip * size, (clip + 1) * size), k * size);
    });
    let step = 0;
    const [first] = settings;
    try {
      return await this.processes.run<number>(
        'train',
        {
          features: this.writeFile('features', inOrder),
          labels: this.writeFile(
            'labels',
            order.map((clip) => labels[clip]),
          ),
          shape: [settings.length, batch, input.frames, size / input.frames],
          rates: settings.map(({ learningRate }) => learningRate),
          ownShares: first.ownShare === undefined ? null : settings.map(({ ownShare }) => ownShare),
          labelSmoothing: first.labelSmoothing,
          spikePenalty: first.spikePenalty,
        },
        async ({ loss, correct, spikes }) => {
          this.stepCount++;
          await onStep({ loss: Number(loss), correct, spikes: Float64Array.from(spikes) }, step++);
        },
      );
    } catch (fault) {
      this.broken = true;
      throw fault;
    }
  }

  async infer(features: Int8Array, labels?: Int32Array): Promise<InferenceResult> {
    const { batchSize, plan } = this.options;
    const { input, classes } = plan.spec;
    const size = featureCount(plan.spec);
    const clips = features.length / size;
    if (labels !== undefined && labels.length !== clips) {
      throw new NetworkError(`${labels.length} labels were given for ${clips} clips; the numbers must be equal`);
    }
    const given = this.file('clips');
    if (this.inferred !== features) this.writeFile('clips', features);
    this.inferred = features;
    const spikes = await this.processes.run<number[]>('infer', {
      features: given,
      shape: [clips, input.frames, size / input.frames],
      batch: batchSize,
      logits: this.file('logits'),
    });
    const bytes = readFileSync(this.file('logits'));
    const logits = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength));
    return { ...judge(logits, classes, labels), logits, spikes: Float64Array.from(spikes) };
  }

  close(): Promise<void> {
    return this.processes.close(this.broken);
  }

  private file(name: string): string {
    return join(this.processes.folder, name);
  }

  private writeFile(name: string, content: Int8Array | Int32Array): string {
    writeFileSync(this.file(name), new Uint8Array(content.buffer, content.byteOffset, content.byteLength));
    return this.file(name);
  }

  private shapesOf(kind: TensorKind): (readonly [name: string, shape: readonly number[]])[] {
    const { plan, optimizer } = this.options;
    const all = parameterShapes(plan);
    if (kind === 'parameters') return all.map(({ name, shape }) => [name, shape]);
    const trained = all.filter(
      ({ role }) => role !== 'statistic' && !(role === 'threshold' && plan.spec.neuron === 'if'),
    );
    const prefixes = optimizer.kind === 'adamw' ? ['first', 'second'] : ['first'];
    return prefixes.flatMap((prefix) => trained.map(({ name, shape }) => [`${prefix}.${name}`, shape] as const));
  }

  /** Writes tensors for the processes; throws `NetworkError` naming one that is missing or does not fit. */
  private writeTensors(kind: TensorKind, tensors: Parameters): string {
    const chosen = this.shapesOf(kind).map(([name, shape]) => {
      const data = tensors.get(name);
      if (data === undefined) throw new NetworkError(`tensor ${name} is missing`);
      if (data.length !== shape.reduce((a, b) => a * b, 1)) {
        throw new NetworkError(`tensor ${name} has ${data.length} values, expected [${shape}]`);
      }
      return [name, { shape, data }] as const;
    });
    writeFileSync(this.file(kind), encodeTensors(new Map(chosen), {}));
    return this.file(kind);
  }

  /** Has process 0 write its tensors, and reads them. */
  private async save(kind: TensorKind): Promise<Map<string, Float32Array>> {
    const path = this.file(`saved-${kind}`);
    await this.processes.run('save', { file: path, kind });
    const content = decodeTensors(readFileSync(path), path);
    return new Map(this.shapesOf(kind).map(([name]) => [name, float32Tensor(content, name, path).data]));
  }
}

/** Throws `UsageError` for options of the torch engine that do not fit together. */
export function checkTorchOptions({ nodes = 1, node = 0, rendezvous }: TorchOptions): void {
  if (node >= nodes) {
    throw new UsageError(
      `train: --node-rank is ${node}, expected 0 to ${nodes - 1}: there are ${nodes} machines (--nnodes)`,
    );
  }
  if (nodes > 1 && rendezvous === undefined) {
    throw new UsageError(
      'train: --nnodes needs --rendezvous HOST:PORT, where the machines meet: an address of machine 0',
    );
  }
  if (rendezvous !== undefined && !/^.+:\d{1,5}$/.test(rendezvous)) {
    throw new UsageError(`train: --rendezvous is ${JSON.stringify(rendezvous)}, expected HOST:PORT`);
  }
}

/** The class of each clip (the lowest of those that are equal), the mean cross-entropy, and how many are correct. */
function judge(logits: Float32Array, classes: number, labels?: Int32Array) {
  const clips = logits.length / classes;
  const predictions = new Int32Array(clips);
  let loss = 0;
  let correct = 0;
  for (let clip = 0; clip < clips; clip++) {
    const row = logits.subarray(clip * classes, (clip + 1) * classes);
    let best = 0;
    for (let k = 1; k < classes; k++) if (row[k] > row[best]) best = k;
    predictions[clip] = best;
    if (labels === undefined) continue;
    let sum = 0;
    for (const logit of row) sum += Math.exp(logit - row[best]);
    loss += Math.log(sum) - (row[labels[clip]] - row[best]);
    if (best === labels[clip]) correct++;
  }
  return { predictions, loss: labels === undefined ? Number.NaN : loss / clips, correct };
}

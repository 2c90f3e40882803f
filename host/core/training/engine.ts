import type { CompiledModule } from '../compiled-module.js';
import { NetworkError, TrainingError } from '../error.js';
import { FEATURE_SCALE } from '../features/index.js';
import { featureCount, type NetworkPlan, type Parameters } from '../network/index.js';
import { Arena, sharedMemory } from './arena.js';
import { Descriptor } from './descriptors.js';
import type {
  Distillation,
  Engine,
  InferenceResult,
  OptimizerSettings,
  OptimizerState,
  StepResult,
  StepSettings,
  Steps,
} from './engine-interface.js';
import { OPTIMIZER_FIELDS } from './generated.js';
import { type KernelTiming, timeKernels } from './kernel-timing.js';
import { type LaidNetwork, layNetwork } from './network-layout.js';
import { ParameterStore } from './parameter-store.js';
import { type OptimizerDescriptor, type ProgramName, writePrograms } from './program.js';
import { type StartThreads, Team } from './team.js';

export interface GradientResult extends StepResult {
  /** [clip][class] */
  readonly logits: Float32Array;
  /** Gradients of the loss, canonical layout, by the name of the parameter. */
  readonly gradients: Map<string, Float32Array>;
}

/** What a teacher says of a batch. */
export interface Taught extends Distillation {
  /** [clip][class] */
  readonly logits: Float32Array;
}

export interface EngineOptions {
  readonly plan: NetworkPlan;
  /** Most clips in a step. */
  readonly batchSize: number;
  /** dist/wasm/trainer.wasm, compiled. */
  readonly module: CompiledModule;
  /** Threads, the calling one included. */
  readonly threads: number;
  /** Starts the threads other than the calling one; not needed for one thread. */
  readonly startThreads?: StartThreads;
  readonly optimizer: OptimizerSettings;
}

/** xⁿ by squaring: only multiplications, so the same on every machine. */
function power(x: number, n: number): number {
  let result = 1;
  for (let factor = x, left = n; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) result *= factor;
    factor *= factor;
  }
  return result;
}

/**
 * Trains a network by backpropagation through its timesteps, on threads over one shared memory. The same parameters,
 * clips and settings give the same bits on any number of threads and on any machine: sums over clips are added in an
 * order that depends on the batch size alone.
 *
 * Layers emit spikes · mean(thresholds); the classifier reads the mean of that over timesteps and positions. Batch norm
 * takes its statistics over timesteps, clips and positions, with the biased variance and ε = 1e-5; the running variance
 * is the unbiased one, with momentum 0.1.
 *
 * Its calls block until the threads are done. In a browser, use it in a worker: a page's main thread may not block.
 */
export class TrainingEngine implements Engine {
  private stepCount = 0;

  private constructor(
    private readonly options: EngineOptions,
    private readonly arena: Arena,
    private readonly store: ParameterStore,
    private readonly network: LaidNetwork,
    private readonly optimizer: OptimizerDescriptor,
    private readonly labels: number,
    private readonly teacherLogits: number,
    private readonly team: Team,
  ) {}

  /** Lays the network out in memory and starts the threads; throws `TrainingError` if it does not fit. */
  static async create(options: EngineOptions): Promise<TrainingEngine> {
    const { plan, batchSize, threads, module, startThreads, optimizer: settings } = options;
    const memory = sharedMemory();
    const arena = new Arena(memory);
    const store = new ParameterStore(arena, plan);
    const network = layNetwork(arena, store, plan, batchSize, threads);
    const optimizer = new Descriptor(arena, OPTIMIZER_FIELDS, {
      adamw: settings.kind === 'adamw' ? 1 : 0,
      momentum: settings.momentum,
      beta1: settings.beta1,
      beta2: settings.beta2,
      epsilon: settings.epsilon,
      gradientClip: settings.gradientClip,
      gradients: store.start('gradients'),
      gradientCount: store.trainedLength,
    });
    const labels = arena.reserve(batchSize * 4);
    const teacherLogits = arena.reserve(batchSize * plan.spec.classes * 4);
    const programs = writePrograms(arena, store, network, optimizer, settings.weightDecay);
    const scratch = network.scratch.map(({ address }) => address);
    const team = await Team.start(module, memory, programs, scratch, startThreads);
    return new TrainingEngine(options, arena, store, network, optimizer, labels, teacherLogits, team);
  }

  /** Bytes of the training memory. */
  get memoryBytes(): number {
    return this.arena.bytes;
  }

  /**
   * Sets the parameters from canonical layout; throws `NetworkError` naming a tensor that is missing or does not fit.
   */
  setParameters(parameters: Parameters): void {
    this.store.writeAll(parameters, 'values');
    this.run('refresh', 0);
  }

  /** Copies of the parameters, canonical layout of `parameterShapes(plan)`. */
  parameters(): Map<string, Float32Array> {
    return this.store.readAll('values');
  }

  optimizerState(): OptimizerState {
    const tensors = this.store.readAll('first', 'first.');
    if (this.options.optimizer.kind === 'adamw') {
      for (const [name, tensor] of this.store.readAll('second', 'second.')) tensors.set(name, tensor);
    }
    return { step: this.stepCount, tensors };
  }

  setOptimizerState(state: OptimizerState): void {
    this.store.writeAll(state.tensors, 'first', 'first.');
    if (this.options.optimizer.kind === 'adamw') this.store.writeAll(state.tensors, 'second', 'second.');
    this.stepCount = state.step;
  }

  /**
   * One step on int8 features [clip][frame][coefficient] with a label per clip, at most `batchSize` clips. Throws
   * `NetworkError` if clips, features, labels and the teacher's logits do not fit each other or the network.
   */
  step(features: Int8Array, labels: Int32Array, settings: StepSettings, taught?: Taught): StepResult {
    this.setFeatures(features, 0, labels.length, FEATURE_SCALE);
    this.stepCount++;
    const { beta1, beta2 } = this.options.optimizer;
    this.optimizer.set({
      learningRate: settings.learningRate,
      correction1: 1 / (1 - power(beta1, this.stepCount)),
      correction2: 1 / (1 - power(beta2, this.stepCount)),
    });
    return this.train('step', labels, settings, taught);
  }

  async takeSteps(
    { features, labels, order, settings, teacher }: Steps,
    onStep: (result: StepResult, step: number) => Promise<void>,
  ): Promise<null> {
    const { clipLength } = this;
    if (settings.some(({ ownShare }) => ownShare !== undefined)) {
      throw new TrainingError('the wasm engine does not mix clips');
    }
    const batchSize = order.length / settings.length;
    const batch = new Int8Array(batchSize * clipLength);
    const batchLabels = new Int32Array(batchSize);
    for (const [step, settingsOfStep] of settings.entries()) {
      for (let k = 0; k < batchSize; k++) {
        const clip = order[step * batchSize + k];
        batch.set(features.subarray(clip * clipLength, (clip + 1) * clipLength), k * clipLength);
        batchLabels[k] = labels[clip];
      }
      const taught = teacher && { ...teacher, logits: (await teacher.engine.infer(batch)).logits };
      await onStep(this.step(batch, batchLabels, settingsOfStep, taught), step);
    }
    return null;
  }

  /**
   * The gradients of a batch, without an update; the running statistics move as in a step. `features` are the network's
   * float input, [clip][frame][coefficient].
   */
  gradients(
    features: Float32Array,
    labels: Int32Array,
    settings: Omit<StepSettings, 'learningRate'> = { labelSmoothing: 0, spikePenalty: 0 },
    taught?: Taught,
  ): GradientResult {
    this.setFeatures(features, 0, labels.length, 1);
    const result = this.train('gradients', labels, settings, taught);
    return { ...result, logits: this.readLogits(labels.length), gradients: this.store.readAll('gradients') };
  }

  /** Recognises any number of clips; batch norm uses its running statistics. */
  infer(features: Int8Array, labels?: Int32Array): InferenceResult {
    const { batchSize, plan } = this.options;
    const clips = features.length / this.clipLength;
    if (labels !== undefined && labels.length !== clips) {
      throw new NetworkError(`${labels.length} labels were given for ${clips} clips; the numbers must be equal`);
    }
    const predictions = new Int32Array(clips);
    const logits = new Float32Array(clips * plan.spec.classes);
    const spikes = new Float64Array(plan.layers.length);
    let loss = 0;
    let correct = 0;
    for (let first = 0; first < clips; first += batchSize) {
      const count = Math.min(batchSize, clips - first);
      this.setFeatures(features, first, count, FEATURE_SCALE);
      this.network.batch.set({ images: count, labels: labels === undefined ? 0 : this.labels, labelSmoothing: 0 });
      this.setTeacher(undefined, count);
      if (labels !== undefined) this.setLabels(labels.subarray(first, first + count));
      this.run('infer', count);
      predictions.set(this.predictions(count), first);
      logits.set(this.readLogits(count), first * plan.spec.classes);
      this.countSpikes(count).forEach((n, layer) => {
        spikes[layer] += n;
      });
      if (labels === undefined) continue;
      for (const value of this.losses(count)) loss += value;
      for (let n = 0; n < count; n++) if (predictions[first + n] === labels[first + n]) correct++;
    }
    return { predictions, logits, loss: labels === undefined ? Number.NaN : loss / clips, correct, spikes };
  }

  /** The time of each kernel, on this thread alone, for the first `clips` clips of the last step. */
  timeKernels(clips: number): KernelTiming[] {
    return timeKernels(this.arena, this.network, this.team.kernels, clips);
  }

  async close(): Promise<void> {
    await this.team.close();
  }

  private get clipLength(): number {
    return featureCount(this.options.plan.spec);
  }

  private train(
    program: ProgramName,
    labels: Int32Array,
    settings: Omit<StepSettings, 'learningRate'>,
    taught?: Taught,
  ): StepResult {
    const count = labels.length;
    this.setLabels(labels);
    this.setTeacher(taught, count);
    this.network.batch.set({ images: count, labels: this.labels, labelSmoothing: settings.labelSmoothing });
    const perSpike = this.setPenalty(settings.spikePenalty, count);
    this.run(program, count);
    const spikes = this.countSpikes(count);
    let loss = 0;
    for (const value of this.losses(count)) loss += value;
    loss /= count;
    spikes.forEach((n, layer) => {
      loss += n * perSpike[layer];
    });
    let correct = 0;
    this.predictions(count).forEach((prediction, n) => {
      if (prediction === labels[n]) correct++;
    });
    return { loss, correct, spikes };
  }

  /** Sets what one spike of each layer adds to the loss; padding channels cost nothing. */
  private setPenalty(coefficient: number, count: number): number[] {
    const { layers } = this.network;
    return layers.map(({ plan, descriptor }) => {
      const perSpike =
        this.options.plan.spec.neuron === 'relu' ? 0 : coefficient / (layers.length * plan.neurons * count);
      this.arena.floats(descriptor.get('penalty'), plan.convolution.output.channels).fill(perSpike);
      return perSpike;
    });
  }

  private setFeatures(features: Int8Array | Float32Array, first: number, count: number, scale: number): void {
    const { clipLength } = this;
    if (count > this.options.batchSize) {
      throw new NetworkError(`${count} clips, but a batch holds at most ${this.options.batchSize}`);
    }
    const start = first * clipLength;
    const end = start + count * clipLength;
    if (count < 1 || features.length < end) {
      throw new NetworkError(`${features.length} features, expected ${clipLength} for each of ${count} clips`);
    }
    const target = this.arena.floats(this.network.features.get('activations'), count * clipLength);
    for (let n = start; n < end; n++) target[n - start] = features[n] * scale;
  }

  private setLabels(labels: Int32Array): void {
    const { classes } = this.options.plan.spec;
    for (const label of labels) {
      if (!(label >= 0 && label < classes))
        throw new NetworkError(`label ${label} is out of range: the network has ${classes} classes`);
    }
    this.arena.integers(this.labels, labels.length).set(labels);
  }

  private setTeacher(taught: Taught | undefined, count: number): void {
    const { batch } = this.network;
    if (taught === undefined) {
      batch.set({ teacherLogits: 0 });
      return;
    }
    const expected = count * this.options.plan.spec.classes;
    if (taught.logits.length !== expected) {
      throw new NetworkError(`${taught.logits.length} logits of a teacher, expected ${expected} for ${count} clips`);
    }
    this.arena.floats(this.teacherLogits, expected).set(taught.logits);
    batch.set({
      teacherLogits: this.teacherLogits,
      teacherWeight: taught.weight,
      temperature: taught.temperature,
    });
  }

  private run(program: ProgramName, images: number): void {
    this.team.run(program, images, Math.ceil(images / this.network.imagesPerShard));
  }

  private predictions(count: number): Int32Array {
    return this.arena.integers(this.network.classifier.get('predictions'), count);
  }

  private losses(count: number): Float64Array {
    return this.arena.doubles(this.network.classifier.get('losses'), count);
  }

  private readLogits(count: number): Float32Array {
    const { classes } = this.options.plan.spec;
    const padded = Math.ceil(classes / 4) * 4;
    const inside = this.arena.floats(this.network.classifier.get('logits'), count * padded);
    const logits = new Float32Array(count * classes);
    for (let n = 0; n < count; n++) logits.set(inside.subarray(n * padded, n * padded + classes), n * classes);
    return logits;
  }

  private countSpikes(count: number): Float64Array {
    return Float64Array.from(this.network.layers, ({ descriptor }) => {
      let total = 0;
      for (const spikes of this.arena.integers(descriptor.get('spikeCounts'), count)) total += spikes;
      return total;
    });
  }
}

import { CLIP_SAMPLES } from '../core/audio/index.js';
import { type ConnectedBoard, compareFeatures, compareNetwork, type StageComparison } from '../core/board/index.js';
import type { Inference, Kernel } from '../core/kernel/index.js';
import type { BoardInference } from '../core/protocol/index.js';
import type { SamplePack } from '../dataset/index.js';
import type { ClipRunner } from '../evaluation/index.js';
import type { ModelFile } from '../model/index.js';
import { openKernel, type PackInference } from '../model/index.js';

/** A clip on which host and board differ, and the first stage that differs. */
export interface Disagreement {
  readonly clip: string;
  readonly stage: StageComparison;
}

/** The counts and times of the board, summed over the clips, and the differences between host and board. */
export interface BoardWork {
  clips: number;
  count: number;
  ticks: number;
  framesComputed: number;
  frontEndCount: number;
  frontEndTicks: number;
  /** Number of spike values (0 or 1) that were compared, over all clips. */
  spikesCompared: number;
  readonly disagreements: Disagreement[];
}

/** What is sent for a clip: samples for the board's own front end, or the host's features. */
export type Sent = 'samples' | 'features';

/**
 * Returns a runner that runs clips on a board and compares every spike of every layer with the host's kernel. It adds
 * the board's figures to `work`.
 */
export function boardRunner(board: ConnectedBoard, send: Sent, work: BoardWork): ClipRunner {
  return {
    name: 'board',
    threads: 1,
    run: (model, pack, onProgress) => run(board, send, work, model, pack, onProgress),
  };
}

async function run(
  { client }: ConnectedBoard,
  send: Sent,
  work: BoardWork,
  model: ModelFile,
  pack: SamplePack,
  onProgress: (done: number) => void,
): Promise<PackInference> {
  const kernel = openKernel(model.content);
  const { classes } = kernel.network.spec;
  const layers = kernel.plan.layers.length;
  const result = {
    classes: new Int32Array(pack.count),
    scores: new Int32Array(pack.count * classes),
    spikes: new Float64Array(layers),
    synapticOperations: new Float64Array(layers),
    timesteps: new Int32Array(pack.count),
    clipOperations: new Float64Array(pack.count),
  };
  const samples = new Int16Array(CLIP_SAMPLES);
  const began = performance.now();
  for (let clip = 0; clip < pack.count; clip++) {
    pack.read(clip, samples);
    const features = kernel.features(samples);
    await (send === 'samples' ? client.sendSamples(samples) : client.sendFeatures(features));
    const answer = await client.infer();
    result.classes[clip] = answer.class;
    result.scores.set(answer.scores, clip * classes);
    result.timesteps[clip] = answer.timesteps || kernel.plan.timesteps;
    for (let k = 0; k < layers; k++) {
      result.spikes[k] += answer.spikes[k];
      result.synapticOperations[k] += answer.synapticOperations[k];
      result.clipOperations[clip] += answer.synapticOperations[k];
    }
    addWork(work, answer);
    const trace = kernel.trace(features);
    const front = await compareFeatures(client, kernel, features);
    const network = await compareNetwork(client, kernel, trace);
    const stages = [front, ...network, compareAnswers(trace.inference, answer, kernel)];
    work.spikesCompared += network.slice(0, layers).reduce((sum, { values }) => sum + values, 0);
    const stage = stages.find(({ difference }) => difference !== null);
    if (stage !== undefined) work.disagreements.push({ clip: pack.names[clip], stage });
    onProgress(clip + 1);
  }
  const seconds = (performance.now() - began) / 1000;
  return { ...result, ramBytes: (await client.statistics()).kernelRamUsed, seconds };
}

function addWork(work: BoardWork, answer: BoardInference): void {
  work.clips += 1;
  work.count += answer.count;
  work.ticks += answer.ticks;
  work.framesComputed += answer.framesComputed;
  work.frontEndCount += answer.frontEndCount;
  work.frontEndTicks += answer.frontEndTicks;
}

/** Compares the board's answer with the host's: spikes and operations of each layer, scores and class. */
function compareAnswers(host: Inference, board: BoardInference, { plan, network }: Kernel): StageComparison {
  const pairs = [
    ...plan.layers.flatMap(({ name }, k) => [
      { where: `spikes of ${name}`, host: host.spikes[k], board: board.spikes[k] },
      { where: `operations of ${name}`, host: host.synapticOperations[k], board: board.synapticOperations[k] },
    ]),
    ...network.labels.map((where, k) => ({ where, host: host.scores[k], board: board.scores[k] })),
    { where: 'timesteps', host: host.timesteps, board: board.timesteps || plan.timesteps },
    { where: 'class', host: host.class, board: board.class },
  ];
  const differing = pairs.filter((pair) => pair.host !== pair.board);
  const difference = differing.length === 0 ? null : { ...differing[0], differing: differing.length };
  return { stage: 'answer', values: pairs.length, difference };
}

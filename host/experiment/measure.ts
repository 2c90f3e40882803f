import { setImmediate } from 'node:timers/promises';
import type { Split } from '../core/dataset/index.js';
import { encodeModel } from '../core/model/index.js';
import { type Checkpoint, planNetwork } from '../core/network/index.js';
import { foldNetwork, quantizeNetwork } from '../core/quantization/index.js';
import { type Stage, staged } from '../core/stage.js';
import {
  activity,
  agreementOf,
  evaluateModel,
  floatPredictions,
  type SplitOptions,
  withSplit,
} from '../evaluation/index.js';
import { writeFileAtomically } from '../system/index.js';
import type { CellForm } from './cells.js';
import { type ActivationRange, activationRange, convertToSpikes } from './conversion.js';
import { FloatSimulator } from './simulate.js';

/** The result of one cell on one split. */
export interface Measurement {
  readonly split: Split;
  readonly clips: number;
  readonly accuracy: number;
  /** Unweighted means over the layers, as in the paper; null with ordinary activations. */
  readonly theta: number | null;
  readonly spikesPerNeuron: number | null;
  /** Per clip; null with ordinary activations. */
  readonly synapticOperations: number | null;
  /** Per clip, of the ordinary network of the same shape, which runs once. */
  readonly ordinaryMacs: number;
  readonly weights: number;
}

export interface MeasureOptions {
  readonly data: string;
  readonly split: Split;
  readonly threads: number;
  readonly stage?: Stage;
}

/** Clips on which the range of activations is taken. */
const RANGE_CLIPS = 256;
const CLIPS_BETWEEN_SIGNALS = 16;

/** Returns the range of the activations of a trained network with `relu` over training clips. */
export function measureRange(checkpoint: Checkpoint, source: Omit<MeasureOptions, 'split'>): Promise<ActivationRange> {
  return withSplit(checkpoint, { ...source, split: 'training', clips: RANGE_CLIPS }, async (clips) =>
    activationRange(checkpoint, await clips.features()),
  );
}

/**
 * Measures one form of a trained network. What the kernel can run is quantised and written to the path `model`, and
 * evaluated as `evaluate` does. `rangeOf` returns its `measureRange`, which only conversions ask for.
 */
export async function measureCell(
  checkpoint: Checkpoint,
  form: CellForm,
  model: string,
  rangeOf: () => Promise<ActivationRange>,
  options: MeasureOptions,
): Promise<Measurement> {
  if (form.kind === 'float') return measureFloat(checkpoint, options);
  if (form.kind === 'integers') return measureIntegers(checkpoint, form.bits, model, options);
  const thresholds = form.balance === 'one' ? null : (await rangeOf())[form.balance];
  const spiking = convertToSpikes(checkpoint, thresholds, form.timesteps);
  return form.start === 'half full'
    ? measureHalfFull(spiking, options)
    : measureIntegers(spiking, undefined, model, options);
}

async function measureIntegers(
  checkpoint: Checkpoint,
  bits: number | undefined,
  model: string,
  { data, split, threads, stage }: MeasureOptions,
): Promise<Measurement> {
  writeFileAtomically(model, encodeModel(quantizeNetwork(checkpoint, { bits })));
  const { report } = await evaluateModel({ model, data, split, threads, stage });
  const { clips, accuracy, theta, spikesPerNeuron, synapticOperations, ordinaryMacs, network } = report;
  const { weights } = network;
  return { split, clips, accuracy, theta, spikesPerNeuron, synapticOperations, ordinaryMacs, weights };
}

function measureFloat(checkpoint: Checkpoint, options: MeasureOptions & SplitOptions): Promise<Measurement> {
  return withSplit(checkpoint, options, async (clips) => {
    const features = await clips.features();
    const { labels, count } = clips.pack;
    const predictions = await staged(options.stage, 'float network', count, () =>
      floatPredictions(checkpoint, features, options.threads),
    );
    const plan = planNetwork(checkpoint.spec);
    const none = plan.layers.map(() => 0);
    const { ordinaryMacs } = activity(plan, { spikes: none, synapticOperations: none }, count);
    return {
      split: options.split,
      clips: count,
      accuracy: agreementOf(predictions, labels),
      ...{ theta: null, spikesPerNeuron: null, synapticOperations: null },
      ordinaryMacs,
      weights: plan.weights,
    };
  });
}

/** Simulates membranes that start half full: V(0) = Vth/2. */
function measureHalfFull(checkpoint: Checkpoint, options: MeasureOptions & SplitOptions): Promise<Measurement> {
  return withSplit(checkpoint, options, async (clips) => {
    const { pack } = clips;
    const features = await clips.features();
    const plan = planNetwork(checkpoint.spec);
    const simulator = new FloatSimulator(plan, foldNetwork(checkpoint));
    const size = features.length / pack.count;
    const totals = { spikes: plan.layers.map(() => 0), synapticOperations: plan.layers.map(() => 0) };
    const classes = new Int32Array(pack.count);
    await staged(options.stage, 'float neurons', pack.count, async (onProgress) => {
      for (let clip = 0; clip < pack.count; clip++) {
        // lets signals be handled
        if (clip % CLIPS_BETWEEN_SIGNALS === 0) await setImmediate();
        const { logits, spikes, synapticOperations } = simulator.spike(
          features.subarray(clip * size, (clip + 1) * size),
          0.5,
        );
        classes[clip] = logits.indexOf(Math.max(...logits));
        for (let k = 0; k < spikes.length; k++) {
          totals.spikes[k] += spikes[k];
          totals.synapticOperations[k] += synapticOperations[k];
        }
        onProgress(clip + 1);
      }
    });
    const { theta, spikesPerNeuron, synapticOperations, ordinaryMacs } = activity(plan, totals, pack.count);
    const accuracy = agreementOf(classes, pack.labels);
    const rates = { theta, spikesPerNeuron, synapticOperations, ordinaryMacs, weights: plan.weights };
    return { split: options.split, clips: pack.count, accuracy, ...rates };
  });
}

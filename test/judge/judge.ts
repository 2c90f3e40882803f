import assert from 'node:assert/strict';
import {
  type ConvolutionPlan,
  type LayerPlan,
  type NetworkSpec,
  planNetwork,
  type TensorShape,
} from '../../host/core/network/index.js';
import type { QuantizedLayer, QuantizedNetwork } from '../../host/core/quantization/index.js';

/**
 * The judge: the integer semantics of the design, written down as plainly as possible. Nothing is skipped, packed or
 * reused; every index is computed where it is used, and every sum is checked against its width after each addition.
 */
export interface Judgement {
  class: number;
  scores: number[];
  /** Timesteps that count: fewer than T if the network decided early. */
  timesteps: number;
  /** Per layer, 0 or 1, [timestep][channel][frame][band]; behind the stem 0 in timesteps that do not count. */
  spikes: Uint8Array[];
  /** Per layer: additions of one weight caused by input spikes. For the stem: its products with real input cells. */
  synapticOperations: number[];
  /** Current of the stem, including the bias, used in every timestep: [channel][frame][band]. */
  stemCurrent: Int32Array;
  /** Per layer: the extremes that occurred, in all timesteps. */
  reached: { currentMin: number; currentMax: number; membraneMin: number; membraneMax: number }[];
}

const INT16 = { low: -(2 ** 15), high: 2 ** 15 - 1 };
const INT32 = { low: -(2 ** 31), high: 2 ** 31 - 1 };

function within(value: number, width: { low: number; high: number }, what: string): number {
  assert.ok(Number.isSafeInteger(value), `${what} is ${value}, not an exact integer`);
  assert.ok(value >= width.low && value <= width.high, `${what} is ${value}, outside ${width.low}…${width.high}`);
  return value;
}

const size = (shape: TensorShape): number => shape.channels * shape.frames * shape.bands;

/** Calls `visit` for every tap of one output position that lies on a real input cell. */
function eachTap(
  { input, kernel, stride, padding }: ConvolutionPlan,
  frame: number,
  band: number,
  visit: (inputChannel: number, tap: number, cell: number) => void,
): void {
  for (let i = 0; i < input.channels; i++) {
    for (let kf = 0; kf < kernel[0]; kf++) {
      for (let kb = 0; kb < kernel[1]; kb++) {
        const f = frame * stride[0] + kf - padding[0];
        const b = band * stride[1] + kb - padding[1];
        if (f < 0 || f >= input.frames || b < 0 || b >= input.bands) continue;
        visit(i, kf * kernel[1] + kb, (i * input.frames + f) * input.bands + b);
      }
    }
  }
}

/**
 * The frame of a block's input under the middle of the receptive field of the first frame that its two convolutions
 * compute: without padding (k₁ − 1)/2 + s·(k₂ − 1)/2.
 */
function middle(
  { padding }: NetworkSpec,
  { convolution: first }: LayerPlan,
  { convolution: second }: LayerPlan,
): number {
  if (padding !== 'valid') return 0;
  return (first.kernel[0] - 1) / 2 + first.stride[0] * ((second.kernel[0] - 1) / 2);
}

/** Runs a network in integers on one feature map, int8 [frame][coefficient]. */
export function judge(network: QuantizedNetwork, features: Int8Array): Judgement {
  const { spec } = network;
  const plan = planNetwork(spec);
  const T = plan.timesteps;
  assert.notEqual(spec.neuron, 'relu', 'a network without spikes has no integer semantics');
  const { frames, coefficients, channels = 1 } = spec.input;
  assert.equal(features.length, frames * coefficients * channels, 'length of the features');

  const spikes: Uint8Array[] = [];
  /** Per layer, [timestep]; those of the stem are all in the first. */
  const operations: number[][] = [];
  const reached: Judgement['reached'] = [];
  let stemCurrent = new Int32Array(0);

  plan.layers.forEach((layerPlan, index) => {
    const layer: QuantizedLayer = network.layers[index];
    const { name, convolution, source, shortcut } = layerPlan;
    const { input, output, kernel } = convolution;
    const taps = kernel[0] * kernel[1];
    const out = new Uint8Array(T * size(output));
    const extremes = { currentMin: Infinity, currentMax: -Infinity, membraneMin: Infinity, membraneMax: -Infinity };
    const operationsAt = Array.from({ length: T }, () => 0);
    if (source < 0) stemCurrent = new Int32Array(size(output));

    for (let c = 0; c < output.channels; c++) {
      for (let frame = 0; frame < output.frames; frame++) {
        for (let band = 0; band < output.bands; band++) {
          const position = (c * output.frames + frame) * output.bands + band;
          const where = `${name} channel ${c} frame ${frame} band ${band}`;
          let membrane = 0;
          for (let t = 0; t < T; t++) {
            let current = 0;
            const width = source < 0 ? INT32 : INT16;
            const add = (value: number): void => {
              current = within(current + value, width, `current of ${where} at timestep ${t}`);
            };

            eachTap(convolution, frame, band, (i, tap, cell) => {
              const weight = layer.weights[(c * input.channels + i) * taps + tap];
              if (source < 0) {
                // [frame][coefficient][channel]: coefficients are channels in 1-D and bands in 2-D
                const f = Math.floor(cell / input.bands) % input.frames;
                const band = cell % input.bands;
                const at = spec.dimensions === 1 ? f * coefficients + i : (f * coefficients + band) * channels + i;
                add(weight * features[at]);
                if (t === 0) operationsAt[t]++;
              } else if (spikes[source][t * size(input) + cell] === 1) {
                add(weight);
                operationsAt[t]++;
              }
            });

            if (shortcut?.kind === 'identity') {
              assert.equal(layer.shortcut?.kind, 'identity', `${name}: kind of shortcut`);
              const weights = layer.shortcut?.weights ?? assert.fail();
              const from = plan.layers[shortcut.source].convolution.output;
              const cell =
                (c * from.frames + middle(spec, plan.layers[index - 1], layerPlan) + frame) * from.bands + band;
              if (spikes[shortcut.source][t * size(from) + cell] === 1) {
                add(weights[c]);
                operationsAt[t]++;
              }
            } else if (shortcut?.kind === 'projection') {
              assert.equal(layer.shortcut?.kind, 'projection', `${name}: kind of shortcut`);
              const weights = layer.shortcut?.weights ?? assert.fail();
              const entering = shortcut.convolution.input;
              const [strideTime, strideFrequency] = shortcut.convolution.stride;
              const f = frame * strideTime + middle(spec, plan.layers[index - 1], layerPlan);
              for (let i = 0; i < entering.channels; i++) {
                const cell = (i * entering.frames + f) * entering.bands + band * strideFrequency;
                if (spikes[shortcut.source][t * size(entering) + cell] === 1) {
                  add(weights[c * entering.channels + i]);
                  operationsAt[t]++;
                }
              }
            }

            add(layer.bias[c]);
            if (source < 0) stemCurrent[position] = current;
            membrane = within(membrane + current, INT32, `membrane of ${where} at timestep ${t}`);
            extremes.currentMin = Math.min(extremes.currentMin, current);
            extremes.currentMax = Math.max(extremes.currentMax, current);
            extremes.membraneMin = Math.min(extremes.membraneMin, membrane);
            extremes.membraneMax = Math.max(extremes.membraneMax, membrane);
            const threshold = layer.thresholds[t * output.channels + c];
            if (membrane >= threshold) {
              out[t * size(output) + position] = 1;
              membrane = within(membrane - threshold, INT32, `membrane of ${where} after the reset at timestep ${t}`);
              extremes.membraneMin = Math.min(extremes.membraneMin, membrane);
            }
          }
        }
      }
    }
    spikes.push(out);
    operations.push(operationsAt);
    reached.push(extremes);
  });

  const last = plan.layers[plan.layers.length - 1].convolution.output;
  const cells = last.frames * last.bands;
  /** Scores from the spikes of the first `end` timesteps. */
  const scoresAfter = (end: number, bias: ArrayLike<number>): number[] => {
    const counts = Array.from({ length: last.channels }, () => 0);
    for (let t = 0; t < end; t++) {
      for (let c = 0; c < last.channels; c++) {
        for (let p = 0; p < cells; p++) counts[c] += spikes[spikes.length - 1][t * size(last) + c * cells + p];
      }
    }
    return Array.from({ length: spec.classes }, (_, k) => {
      let logit = bias[k];
      for (let c = 0; c < last.channels; c++) {
        const product = network.classifier.weights[k * last.channels + c] * counts[c];
        logit = within(logit + product, INT32, `logit of class ${k}`);
      }
      return logit;
    });
  };

  let timesteps = T;
  let scores = scoresAfter(T, network.classifier.bias);
  for (let t = T - 1; t > 0; t--) {
    const margin = network.early?.margins[t - 1] ?? 0;
    if (margin === 0 || network.early === undefined) continue;
    const early = scoresAfter(t, network.early.biases[t - 1]);
    const [first, second] = early.toSorted((a, b) => b - a);
    // the first timestep that decides stands last
    if (first - second >= margin) [timesteps, scores] = [t, early];
  }
  for (let index = 1; index < spikes.length; index++) {
    spikes[index].fill(0, timesteps * size(plan.layers[index].convolution.output));
  }
  const synapticOperations = operations.map((at) => at.slice(0, timesteps).reduce((sum, count) => sum + count, 0));
  let winner = 0;
  for (let k = 1; k < scores.length; k++) if (scores[k] > scores[winner]) winner = k;
  return { class: winner, scores, timesteps, spikes, synapticOperations, stemCurrent, reached };
}

import type { LayerPlan, NetworkPlan } from '../../network/index.js';
import type { Arena } from './arena.js';
import { type LaidConvolution, layConvolution, scratchNeeds } from './convolution-layout.js';
import { BATCH_FIELDS, CLASSIFIER_FIELDS, Descriptor, LAYER_FIELDS, SCRATCH_FIELDS } from './descriptors.js';
import { geometryOf } from './geometry.js';
import type { ParameterStore } from './parameter-store.js';

/** The batch is cut into at most this many shards, whatever the number of threads: their order fixes every sum. */
const SHARDS = 16;
const KIND = { features: 0, spiking: 1, rectified: 2 } as const;
const SHORTCUT = { none: 0, identity: 1, projection: 2 } as const;

export type LayerDescriptor = Descriptor<(typeof LAYER_FIELDS)[number]>;

export interface LaidLayer {
  readonly plan: LayerPlan;
  readonly descriptor: LayerDescriptor;
  readonly convolution: LaidConvolution;
  readonly projection: LaidConvolution | null;
}

/** A network in memory. */
export interface LaidNetwork {
  readonly features: LayerDescriptor;
  readonly layers: readonly LaidLayer[];
  readonly convolutions: readonly LaidConvolution[];
  readonly batch: Descriptor<(typeof BATCH_FIELDS)[number]>;
  readonly classifier: Descriptor<(typeof CLASSIFIER_FIELDS)[number]>;
  readonly imagesPerShard: number;
  /** Scratch descriptors by thread. */
  readonly scratch: readonly number[];
}

const roundUp = (n: number): number => Math.ceil(n / 4) * 4;

/** For each set of four spikes the offsets of the rows of those that are set, first to last. */
function compactTable(rowBytes: number): number[] {
  const table: number[] = [];
  for (let set = 0; set < 16; set++) {
    const rows = [0, 1, 2, 3].filter((lane) => set & (1 << lane)).map((lane) => lane * rowBytes);
    table.push(...rows, ...new Array<number>(4 - rows.length).fill(0));
  }
  return table;
}

/** Lays a network out for batches of up to `batchSize` clips on `threads` threads. */
export function layNetwork(
  arena: Arena,
  store: ParameterStore,
  plan: NetworkPlan,
  batchSize: number,
  threads: number,
): LaidNetwork {
  const imagesPerShard = Math.ceil(batchSize / SHARDS);
  const shards = Math.ceil(batchSize / imagesPerShard);
  const { timesteps } = plan;
  const rectified = plan.spec.neuron === 'relu';
  const stemInput = plan.layers[0].convolution.input;
  const stem = geometryOf(plan, plan.layers[0].convolution);
  const one = arena.reserve(4);
  arena.floats(one, 1)[0] = 1;
  const features = new Descriptor(arena, LAYER_FIELDS, {
    kind: KIND.features,
    timesteps: 1,
    height: stem.inputHeight,
    width: stem.inputWidth,
    vectors: stemInput.channels,
    amplitude: one,
    activations: arena.reserve(batchSize * stem.inputHeight * stem.inputWidth * stemInput.channels * 4),
  });

  const layers: LaidLayer[] = [];
  const convolutions: LaidConvolution[] = [];
  const largest = Math.max(
    ...plan.layers.map(({ convolution: { output } }) => output.frames * output.bands * roundUp(output.channels)),
  );
  const gradientBytes = batchSize * timesteps * largest * 4;
  // A layer's gradient is read by the backward phases of itself and of the layer before it.
  const gradients = [0, 1, 2].map(() => arena.reserve(gradientBytes));
  const sourceOf = (index: number): LayerDescriptor => (index < 0 ? features : layers[index].descriptor);
  const lay = (name: string, convolution: LayerPlan['convolution'], source: number): LaidConvolution => {
    const amplitude = sourceOf(source).get('amplitude');
    const isStem = source < 0;
    const pad = scratchNeeds(convolutions).pads;
    const laid = layConvolution(arena, store, {
      name,
      plan,
      convolution,
      isStem,
      batchSize,
      shards,
      amplitude,
      pad,
    });
    convolutions.push(laid);
    return laid;
  };
  for (const [index, layer] of plan.layers.entries()) {
    const convolution = lay(layer.name, layer.convolution, layer.source);
    const { shortcut } = layer;
    const projection =
      shortcut?.kind === 'projection' ? lay(`${layer.name}.shortcut`, shortcut.convolution, shortcut.source) : null;
    const { outputHeight, outputWidth } = geometryOf(plan, layer.convolution);
    const channels = roundUp(layer.convolution.output.channels);
    const neurons = outputHeight * outputWidth * channels;
    const thresholds = `${layer.name}.thresholds`;
    const trains = !rectified && store.tensor(thresholds).trained;
    const descriptor = new Descriptor(arena, LAYER_FIELDS, {
      kind: rectified ? KIND.rectified : KIND.spiking,
      timesteps,
      height: outputHeight,
      width: outputWidth,
      vectors: channels / 4,
      slope: plan.spec.surrogateSlope,
      convolution: convolution.descriptor.address,
      shortcut: shortcut === null ? SHORTCUT.none : SHORTCUT[shortcut.kind],
      projection: projection?.descriptor.address ?? 0,
      shortcutSource: shortcut === null ? 0 : sourceOf(shortcut.source).address,
      source: sourceOf(layer.source).address,
      thresholds: arena.reserve(timesteps * 4),
      amplitude: arena.table([0]),
      spikes: rectified ? 0 : arena.reserve((batchSize * timesteps * neurons) / 4),
      activations: rectified ? arena.reserve(batchSize * neurons * 4) : 0,
      currentGradient: gradients[index % 3],
      thresholdSums: arena.reserve(batchSize * (timesteps + 1) * 16),
      thresholdGradient: trains ? store.address(thresholds, 'gradients') : 0,
      thresholdValues: rectified ? 0 : store.address(thresholds),
      thresholdCount: rectified ? 0 : store.tensor(thresholds).shape.shape[0],
      spikeCounts: arena.reserve(batchSize * 4),
      penalty: arena.reserve(channels * 4),
    });
    if (rectified) arena.floats(descriptor.get('amplitude'), 1)[0] = 1;
    const laid = { plan: layer, descriptor, convolution, projection };
    const source = sourceOf(layer.source);
    source.set({ consumer: convolution.descriptor.address, next: descriptor.address });
    if (shortcut !== null) {
      const entering = sourceOf(shortcut.source);
      const bytes =
        batchSize * timesteps * entering.get('height') * entering.get('width') * entering.get('vectors') * 16;
      if (projection === null) entering.set({ shortcutGradient: gradients[index % 3] });
      else entering.set({ projectionConsumer: projection.descriptor.address, shortcutGradient: arena.reserve(bytes) });
    }
    const { rowBytes } = convolution;
    const cell = index === 0 ? stemInput.channels : source.get('vectors') * 4;
    source.set({ compact: arena.table(compactTable(rowBytes)), cellBytes: cell * rowBytes, channelBytes: rowBytes });
    layers.push(laid);
  }
  const last = layers[layers.length - 1].descriptor;
  last.set({ compact: arena.table(compactTable(4)), cellBytes: last.get('vectors') * 16, channelBytes: 4 });

  const channels = roundUp(plan.classifier.channels);
  const classes = roundUp(plan.classifier.classes);
  const classifier = new Descriptor(arena, CLASSIFIER_FIELDS, {
    vectors: channels / 4,
    classes: plan.classifier.classes,
    samples: plan.classifier.positions * timesteps,
    weights: store.address('classifier.weight'),
    bias: store.address('classifier.bias'),
    weightGradient: store.address('classifier.weight', 'gradients'),
    biasGradient: store.address('classifier.bias', 'gradients'),
    pooled: arena.reserve(batchSize * channels * 4),
    logits: arena.reserve(batchSize * classes * 4),
    logitGradients: arena.reserve(batchSize * classes * 4),
    pooledGradients: arena.reserve(batchSize * channels * 4),
    losses: arena.reserve(batchSize * 8),
    predictions: arena.reserve(batchSize * 4),
  });
  const batch = new Descriptor(arena, BATCH_FIELDS, {
    imagesPerShard,
    first: features.address,
    last: last.address,
    classifier: classifier.address,
  });
  const scratch = Array.from({ length: threads }, () => layScratch(arena, plan, convolutions, largest));
  return { features, layers, convolutions, batch, classifier, imagesPerShard, scratch };
}

function layScratch(
  arena: Arena,
  plan: NetworkPlan,
  convolutions: readonly LaidConvolution[],
  largest: number,
): number {
  const { timesteps } = plan;
  const { pads, channelLists } = scratchNeeds(convolutions);
  const input = plan.spec.input.frames * plan.spec.input.coefficients;
  const values = Math.max(input, largest);
  const positions = Math.max(input, ...plan.layers.map(({ convolution: { output } }) => output.frames * output.bands));
  const channels = Math.max(input, ...convolutions.map((c) => c.channelLists));
  return new Descriptor(arena, SCRATCH_FIELDS, {
    lists: arena.reserve(Math.max(timesteps * (largest * 4 + 16), values * 8 + 16)),
    starts: arena.reserve(timesteps * (positions + 1) * 4),
    channelLists: arena.reserve(channelLists),
    channelEnds: arena.reserve(channels * 4),
    pads: arena.reserve(pads),
    inputGradient: arena.reserve(timesteps * largest * 4),
    membranes: arena.reserve(timesteps * 16),
    heads: arena.reserve(timesteps * 4),
    ranges: arena.reserve(16 * 12),
  }).address;
}

import { featureCount, type LayerPlan, type NetworkPlan } from '../network/index.js';
import type { Arena } from './arena.js';
import { type LaidConvolution, layConvolution, scratchNeeds } from './convolution-layout.js';
import { Descriptor } from './descriptors.js';
import { BATCH_FIELDS, CLASSIFIER_FIELDS, LAYER_FIELDS, LAYER_KIND, SCRATCH_FIELDS, SHORTCUT } from './generated.js';
import { geometryOf } from './geometry.js';
import type { ParameterStore } from './parameter-store.js';

/**
 * The batch is split into at most this many shards, whatever the number of threads: their order determines every sum.
 */
const SHARDS = 16;

export type LayerDescriptor = Descriptor<typeof LAYER_FIELDS>;

type ScratchDescriptor = Descriptor<typeof SCRATCH_FIELDS>;

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
  readonly batch: Descriptor<typeof BATCH_FIELDS>;
  readonly classifier: Descriptor<typeof CLASSIFIER_FIELDS>;
  readonly imagesPerShard: number;
  /** The memory of each thread. */
  readonly scratch: readonly ScratchDescriptor[];
}

const roundUp = (n: number): number => Math.ceil(n / 4) * 4;

/** The offsets of the rows of the set spikes, first to last, for each combination of four spikes. */
function compactTable(rowBytes: number): number[] {
  const table: number[] = [];
  for (let set = 0; set < 16; set++) {
    const rows = [0, 1, 2, 3].filter((lane) => set & (1 << lane)).map((lane) => lane * rowBytes);
    table.push(...rows, ...new Array<number>(4 - rows.length).fill(0));
  }
  return table;
}

/** What every part of the layout needs. */
interface Site {
  readonly arena: Arena;
  readonly store: ParameterStore;
  readonly plan: NetworkPlan;
  readonly batchSize: number;
  readonly shards: number;
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
  const site: Site = { arena, store, plan, batchSize, shards: Math.ceil(batchSize / imagesPerShard) };
  const features = layFeatures(site);
  const largest = Math.max(
    ...plan.layers.map(({ convolution: { output } }) => output.frames * output.bands * roundUp(output.channels)),
  );
  const gradientBytes = batchSize * plan.timesteps * largest * 4;
  // A layer's gradient is read by the backward phases of itself and of the layer before it.
  const gradients = [0, 1, 2].map(() => arena.reserve(gradientBytes));
  const layers: LaidLayer[] = [];
  const convolutions: LaidConvolution[] = [];
  const sourceOf = (index: number): LayerDescriptor => (index < 0 ? features : layers[index].descriptor);
  for (const [index, layer] of plan.layers.entries()) {
    const source = sourceOf(layer.source);
    const entering = layer.shortcut === null ? null : sourceOf(layer.shortcut.source);
    const laid = layLayer(site, layer, { source, entering, currentGradient: gradients[index % 3] }, convolutions);
    linkToSources(site, laid, source, entering);
    layers.push(laid);
  }
  const last = layers[layers.length - 1].descriptor;
  last.set({ compact: arena.table(compactTable(4)), cellBytes: last.get('vectors') * 16, channelBytes: 4 });
  const classifier = layClassifier(site);
  const batch = new Descriptor(arena, BATCH_FIELDS, {
    imagesPerShard,
    first: features.address,
    last: last.address,
    classifier: classifier.address,
  });
  const scratch = Array.from({ length: threads }, () => layScratch(arena, plan, convolutions, largest));
  return { features, layers, convolutions, batch, classifier, imagesPerShard, scratch };
}

/** Lays out the clips' features as a layer that others read. */
function layFeatures({ arena, plan, batchSize }: Site): LayerDescriptor {
  const { channels } = plan.layers[0].convolution.input;
  const { inputHeight, inputWidth } = geometryOf(plan, plan.layers[0].convolution);
  const one = arena.reserve(4);
  arena.floats(one, 1)[0] = 1;
  return new Descriptor(arena, LAYER_FIELDS, {
    kind: LAYER_KIND.features,
    timesteps: 1,
    height: inputHeight,
    width: inputWidth,
    vectors: channels,
    amplitude: one,
    activations: arena.reserve(batchSize * inputHeight * inputWidth * channels * 4),
  });
}

/** What a layer reads, and where the gradient of its current goes. */
interface LayerPlace {
  readonly source: LayerDescriptor;
  /** The layer whose spikes its shortcut adds. */
  readonly entering: LayerDescriptor | null;
  readonly currentGradient: number;
}

/** Lays out a layer's neurons and its convolutions, which are added to `convolutions`. */
function layLayer(site: Site, layer: LayerPlan, place: LayerPlace, convolutions: LaidConvolution[]): LaidLayer {
  const { arena, store, plan, batchSize } = site;
  const { source, entering, currentGradient } = place;
  const { timesteps } = plan;
  const { shortcut } = layer;
  const lay = (name: string, convolution: LayerPlan['convolution'], from: LayerDescriptor): LaidConvolution => {
    const pad = scratchNeeds(convolutions).pads;
    const amplitude = from.get('amplitude');
    const laid = layConvolution(arena, store, { ...site, name, convolution, isStem: layer.source < 0, amplitude, pad });
    convolutions.push(laid);
    return laid;
  };
  const convolution = lay(layer.name, layer.convolution, source);
  const projects = shortcut?.kind === 'projection' && entering !== null;
  const projection = projects ? lay(`${layer.name}.shortcut`, shortcut.convolution, entering) : null;
  const { outputHeight, outputWidth } = geometryOf(plan, layer.convolution);
  const channels = roundUp(layer.convolution.output.channels);
  const neurons = outputHeight * outputWidth * channels;
  const rectified = plan.spec.neuron === 'relu';
  const thresholds = `${layer.name}.thresholds`;
  const trains = !rectified && store.tensor(thresholds).trained;
  const descriptor = new Descriptor(arena, LAYER_FIELDS, {
    kind: rectified ? LAYER_KIND.rectified : LAYER_KIND.spiking,
    timesteps,
    height: outputHeight,
    width: outputWidth,
    vectors: channels / 4,
    slope: plan.spec.surrogateSlope,
    convolution: convolution.descriptor.address,
    shortcut: shortcut === null ? SHORTCUT.none : SHORTCUT[shortcut.kind],
    projection: projection?.descriptor.address ?? 0,
    shortcutSource: entering?.address ?? 0,
    source: source.address,
    thresholds: arena.reserve(timesteps * 4),
    amplitude: arena.table([0]),
    spikes: rectified ? 0 : arena.reserve((batchSize * timesteps * neurons) / 4),
    activations: rectified ? arena.reserve(batchSize * neurons * 4) : 0,
    currentGradient,
    thresholdSums: arena.reserve(batchSize * (timesteps + 1) * 16),
    thresholdGradient: trains ? store.address(thresholds, 'gradients') : 0,
    thresholdValues: rectified ? 0 : store.address(thresholds),
    thresholdCount: rectified ? 0 : store.tensor(thresholds).shape.shape[0],
    spikeCounts: arena.reserve(batchSize * 4),
    penalty: arena.reserve(channels * 4),
  });
  if (rectified) arena.floats(descriptor.get('amplitude'), 1)[0] = 1;
  return { plan: layer, descriptor, convolution, projection };
}

/** Records in a layer's sources what reads them, and where the shortcut's part of their gradient is. */
function linkToSources(
  { arena, plan, batchSize }: Site,
  { plan: layer, descriptor, convolution, projection }: LaidLayer,
  source: LayerDescriptor,
  entering: LayerDescriptor | null,
): void {
  const { rowBytes } = convolution;
  source.set({ consumer: convolution.descriptor.address, next: descriptor.address });
  if (entering !== null && projection === null) {
    const { output } = layer.convolution;
    entering.set({
      shortcutGradient: descriptor.get('currentGradient'),
      shortcutFirst: (layer.shortcut?.first ?? 0) * output.bands,
      shortcutPositions: output.frames * output.bands,
    });
  } else if (entering !== null && projection !== null) {
    const shortcutPositions = entering.get('height') * entering.get('width');
    const bytes = batchSize * plan.timesteps * shortcutPositions * entering.get('vectors') * 16;
    entering.set({
      projectionConsumer: projection.descriptor.address,
      shortcutGradient: arena.reserve(bytes),
      shortcutPositions,
    });
  }
  const cell = layer.source < 0 ? layer.convolution.input.channels : source.get('vectors') * 4;
  source.set({ compact: arena.table(compactTable(rowBytes)), cellBytes: cell * rowBytes, channelBytes: rowBytes });
}

function layClassifier({ arena, store, plan, batchSize }: Site): LaidNetwork['classifier'] {
  const channels = roundUp(plan.classifier.channels);
  const classes = roundUp(plan.classifier.classes);
  return new Descriptor(arena, CLASSIFIER_FIELDS, {
    vectors: channels / 4,
    classes: plan.classifier.classes,
    samples: plan.classifier.positions * plan.timesteps,
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
}

function layScratch(
  arena: Arena,
  plan: NetworkPlan,
  convolutions: readonly LaidConvolution[],
  largest: number,
): ScratchDescriptor {
  const { timesteps } = plan;
  const { pads, channelLists } = scratchNeeds(convolutions);
  const input = featureCount(plan.spec);
  const values = Math.max(input, largest);
  const positions = Math.max(input, ...plan.layers.map(({ convolution: { output } }) => output.frames * output.bands));
  const channels = Math.max(input, ...convolutions.map((c) => c.channelLists));
  const rowBytes = Math.max(...convolutions.map((c) => c.rowBytes));
  return new Descriptor(arena, SCRATCH_FIELDS, {
    lists: arena.reserve(Math.max(timesteps * (largest * 4 + 16), values * 8 + 16)),
    starts: arena.reserve(timesteps * (positions + 1) * 4),
    channelLists: arena.reserve(channelLists),
    channelEnds: arena.reserve(channels * 4),
    pads: arena.reserve(pads),
    inputGradient: arena.reserve(timesteps * largest * 4),
    membranes: arena.reserve((2 * timesteps + 1) * rowBytes),
    zeros: arena.reserve(rowBytes),
    heads: arena.reserve(timesteps * 4),
    ranges: arena.reserve(16 * 12),
  });
}

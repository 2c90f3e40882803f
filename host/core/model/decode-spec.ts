import { NetworkError } from '../error.js';
import { checkSpec, type NetworkSpec, planNetwork, type StageSpec } from '../network/index.js';
import { NETWORK, NEURON_CODES, PADDING_CODES } from './generated.js';
import type { LayerShape } from './layer-record.js';
import { networkBytes } from './layout.js';
import type { Sections } from './sections.js';

/** The stages that the records claim to belong to; the plan later shows whether they do. */
function stagesOf(shapes: readonly LayerShape[]): StageSpec[] {
  const stages: StageSpec[] = [];
  for (const [k, shape] of shapes.entries()) {
    if (shape.convolution !== 1) continue;
    if (shape.block === 1) {
      stages.push({
        ...(shapes[k + 1]?.convolution !== 2 && { shortcuts: false }),
        blocks: 1,
        channels: shape.channels,
        kernel: [shape['kernel in time'], shape['kernel in frequency']],
        stride: [shape['stride in time'], shape['stride in frequency']],
      });
    } else {
      const stage = stages.pop();
      if (stage !== undefined) stages.push({ ...stage, blocks: stage.blocks + 1 });
    }
  }
  return stages;
}

/** Rebuilds the description of the network from its records; throws `ModelError` if they do not make one. */
export function readSpec(sections: Sections): NetworkSpec {
  const { view, features, network, fail } = sections;
  if (features.length < 8) fail(`section features is too short: ${features.length} bytes`);
  const frames = view.getUint32(features.start, true);
  const coefficients = view.getUint32(features.start + 4, true);
  if (features.length !== 8 + 8 * coefficients) {
    fail(`section features has ${features.length} bytes, which does not match ${coefficients} coefficients`);
  }
  if (network.length < NETWORK.records) fail(`section network is too short: ${network.length} bytes`);
  const field = (offset: number): number => view.getUint32(network.start + offset, true);
  const count = field(NETWORK.layers);
  const expected = networkBytes(sections.version, count, field(NETWORK.timesteps), field(NETWORK.classes));
  if (network.length !== expected || count === 0) {
    fail(`section network has ${network.length} bytes, which does not match ${count} layers`);
  }
  const neuron = field(NETWORK.neuron);
  if (neuron >= NEURON_CODES.length) fail(`neuron kind ${neuron}, expected 0 to ${NEURON_CODES.length - 1}`);
  const short = (offset: number): number => view.getUint16(network.start + offset, true);
  const padding = short(NETWORK.padding);
  if (padding >= PADDING_CODES.length) fail(`padding ${padding}, expected 0 to ${PADDING_CODES.length - 1}`);
  const shapes = Array.from({ length: count }, (_, k) => sections.layerShape(k));
  const stem = shapes[0];
  const dimensions = short(NETWORK.dimensions);
  const several = dimensions === 2 && stem['input channels'] !== 1;
  const spec: unknown = {
    input: { frames, coefficients, ...(several && { channels: stem['input channels'] }) },
    dimensions,
    ...(padding === 0 ? {} : { padding: PADDING_CODES[padding] }),
    stem: {
      channels: stem.channels,
      kernel: [stem['kernel in time'], stem['kernel in frequency']],
      stride: [stem['stride in time'], stem['stride in frequency']],
    },
    stages: stagesOf(shapes.slice(1)),
    neuron: NEURON_CODES[neuron],
    timesteps: field(NETWORK.timesteps),
    surrogateSlope: view.getFloat64(network.start + NETWORK.surrogateSlope, true),
    classes: field(NETWORK.classes),
  };
  try {
    const checked = checkSpec(spec);
    const { layers } = planNetwork(checked);
    if (layers.length !== count) fail(`${count} layers, but their blocks make ${layers.length}`);
    return checked;
  } catch (error) {
    if (error instanceof NetworkError) fail(error.message);
    throw error;
  }
}

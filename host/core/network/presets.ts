import { NetworkError } from '../error.js';
import type { NetworkSpec, NeuronKind, StageSpec } from './spec.js';

/** What a preset leaves open. */
export interface PresetChoice {
  readonly classes: number;
  /** Default `atif-u`. */
  readonly neuron?: NeuronKind;
  /** Default 4. */
  readonly timesteps?: number;
}

type PresetShape = Pick<NetworkSpec, 'input' | 'dimensions' | 'padding' | 'stem' | 'stages'>;

const line = (channels: number, kernel: number, stride: number, blocks = 1): StageSpec => ({
  blocks,
  channels,
  kernel: [kernel, 1],
  stride: [stride, 1],
});
const square = (channels: number, stride: number, blocks: number): StageSpec => ({
  blocks,
  channels,
  kernel: [3, 3],
  stride: [stride, stride],
});

const plain = (channels: number, stride: number, convolutions: number): StageSpec => ({
  ...square(channels, stride, convolutions),
  shortcuts: false,
});

const PICTURE = { frames: 32, coefficients: 32, channels: 3 } as const;

const SHAPES = {
  tiny: {
    input: { frames: 49, coefficients: 10 },
    dimensions: 1,
    stem: { channels: 24, kernel: [5, 1], stride: [1, 1] },
    stages: [line(32, 3, 2), line(40, 3, 2)],
  },
  small: {
    input: { frames: 49, coefficients: 10 },
    dimensions: 1,
    stem: { channels: 32, kernel: [5, 1], stride: [1, 1] },
    stages: [line(32, 3, 1), line(48, 5, 2), line(64, 3, 2, 2)],
  },
  base: {
    input: { frames: 49, coefficients: 10 },
    dimensions: 1,
    stem: { channels: 48, kernel: [5, 1], stride: [1, 1] },
    stages: [line(48, 3, 1), line(64, 5, 2), line(80, 3, 2, 2)],
  },
  /** The shape of `small` without padding, for streams: it sees 49 frames at once, and averages 7 positions. */
  'listen-small': {
    input: { frames: 73, coefficients: 10 },
    dimensions: 1,
    padding: 'valid',
    stem: { channels: 32, kernel: [5, 1], stride: [1, 1] },
    stages: [line(32, 3, 1), line(48, 5, 2), line(64, 3, 2, 2)],
  },
  /** The same, half as wide again. */
  listen: {
    input: { frames: 73, coefficients: 10 },
    dimensions: 1,
    padding: 'valid',
    stem: { channels: 48, kernel: [5, 1], stride: [1, 1] },
    stages: [line(48, 3, 1), line(72, 5, 2), line(96, 3, 2, 2)],
  },
  /** ResNet-18 on 48 × 10, as in the paper. */
  paper: {
    input: { frames: 48, coefficients: 10 },
    dimensions: 2,
    stem: { channels: 64, kernel: [3, 3], stride: [1, 1] },
    stages: [square(64, 1, 2), square(128, 2, 2), square(256, 2, 2), square(512, 2, 2)],
  },
  /** ResNet-18 on pictures of 32 × 32 pixels in three colours, as in the paper. */
  'cifar-resnet-18': {
    input: PICTURE,
    dimensions: 2,
    stem: { channels: 64, kernel: [3, 3], stride: [1, 1] },
    stages: [square(64, 1, 2), square(128, 2, 2), square(256, 2, 2), square(512, 2, 2)],
  },
  /** VGG-16 on the same pictures: strides instead of pooling, and one linear layer behind its convolutions. */
  'cifar-vgg-16': {
    input: PICTURE,
    dimensions: 2,
    stem: { channels: 64, kernel: [3, 3], stride: [1, 1] },
    stages: [plain(64, 1, 1), plain(128, 2, 2), plain(256, 2, 3), plain(512, 2, 3), plain(512, 2, 3)],
  },
  /** ResNet-8 on 48 × 10: the network on which training speed is compared. */
  reference: {
    input: { frames: 48, coefficients: 10 },
    dimensions: 2,
    stem: { channels: 16, kernel: [3, 3], stride: [1, 1] },
    stages: [square(16, 1, 1), square(32, 2, 1), square(64, 2, 1)],
  },
} as const satisfies Record<string, PresetShape>;

export type PresetName = keyof typeof SHAPES;
export const PRESET_NAMES = Object.keys(SHAPES) as PresetName[];

/** The network of a preset; throws `NetworkError` for an unknown name. */
export function presetNetwork(name: string, choice: PresetChoice): NetworkSpec {
  if (!Object.hasOwn(SHAPES, name)) {
    throw new NetworkError(`preset ${JSON.stringify(name)} does not exist; choose from ${PRESET_NAMES.join(', ')}`);
  }
  return {
    ...SHAPES[name as PresetName],
    neuron: choice.neuron ?? 'atif-u',
    timesteps: choice.timesteps ?? 4,
    surrogateSlope: 2,
    classes: choice.classes,
  };
}

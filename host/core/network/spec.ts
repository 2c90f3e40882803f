import { NetworkError } from '../error.js';
import {
  MOST_BANDS,
  MOST_CHANNELS,
  MOST_CLASSES,
  MOST_EXTENT,
  MOST_FRAMES,
  MOST_INPUT_CHANNELS,
  MOST_TIMESTEPS,
} from './generated.js';

/**
 * `if`: threshold fixed at 1. `atif-u`: one trainable threshold per layer. `atif-nu`: one per layer and timestep.
 * `relu`: the same network with ordinary activations, one timestep.
 */
export type NeuronKind = 'if' | 'atif-u' | 'atif-nu' | 'relu';
export const NEURON_KINDS: readonly NeuronKind[] = ['if', 'atif-u', 'atif-nu', 'relu'];

/** The largest α: steeper than that, the surrogate gradient is zero almost everywhere. */
export const MOST_SURROGATE_SLOPE = 100;

/**
 * What a convolution finds beyond the first and the last frame. `same`: zeros, as many as keep the length; for clips.
 * `valid`: nothing, so that every output depends on its receptive field alone; for streams. Beyond the lowest and the
 * highest band there are zeros in both.
 */
export type Padding = 'same' | 'valid';
const PADDINGS: readonly Padding[] = ['same', 'valid'];

/** [time, frequency] */
export type Extent = readonly [time: number, frequency: number];

export interface StemSpec {
  readonly channels: number;
  /** Odd; `same` padding adds (kernel − 1) / 2 on every side. */
  readonly kernel: Extent;
  readonly stride: Extent;
}

/**
 * A stage is `blocks` residual blocks of the same width, or, without shortcuts, as many single convolutions; the stride
 * is that of the first convolution of the first block.
 */
export interface StageSpec {
  readonly blocks: number;
  readonly channels: number;
  readonly kernel: Extent;
  readonly stride: Extent;
  /** False for a stage as in VGG, whose blocks are one convolution each. */
  readonly shortcuts?: false;
}

/** The description of a network: plain data, as in configurations, checkpoints and model files. */
export interface NetworkSpec {
  /** Frames per clip (49, or 48 as printed in the paper) and cepstral coefficients per frame. */
  readonly input: {
    readonly frames: number;
    readonly coefficients: number;
    /** Of a 2-D network with `same` padding: channels of [frame][coefficient][channel]. Default 1. */
    readonly channels?: number;
  };
  /** 1: coefficients are the input's channels and time is its only axis. 2: frames × coefficients. */
  readonly dimensions: 1 | 2;
  /** Default `same`. */
  readonly padding?: Padding;
  readonly stem: StemSpec;
  readonly stages: readonly StageSpec[];
  readonly neuron: NeuronKind;
  readonly timesteps: number;
  /** α of the surrogate gradient σ′(α(H − Vth)). */
  readonly surrogateSlope: number;
  readonly classes: number;
}

/** Refuses unknown fields in a part of a description. */
function checkKeys(name: string, part: object, fields: readonly string[]): void {
  for (const key of Object.keys(part)) {
    if (fields.includes(key)) continue;
    throw new NetworkError(`${name}.${key} is not a known field; ${name} has ${fields.join(', ')}`);
  }
}

const CONVOLUTION = ['channels', 'kernel', 'stride'];
const FIELDS = ['input', 'dimensions', 'padding', 'stem', 'stages', 'neuron', 'timesteps', 'surrogateSlope', 'classes'];

/** Checks a description that came from outside and returns it typed; throws `NetworkError` naming the field. */
export function checkSpec(value: unknown): NetworkSpec {
  const spec = value as NetworkSpec;
  const fail = (name: string, found: unknown, expected: string): never => {
    const what = found === undefined ? 'missing' : JSON.stringify(found);
    throw new NetworkError(`network${name} is ${what}, expected ${expected}`);
  };
  const positive = (name: string, n: unknown, most: number): void => {
    if (!Number.isInteger(n) || (n as number) < 1 || (n as number) > most) {
      fail(name, n, `a whole number from 1 to ${most}`);
    }
  };
  const extent = (name: string, e: unknown, odd: boolean): void => {
    if (!Array.isArray(e) || e.length !== 2) fail(name, e, '[time, frequency]');
    for (const n of e as readonly unknown[]) {
      positive(name, n, MOST_EXTENT);
      if (odd && (n as number) % 2 === 0) fail(name, e, 'odd numbers');
    }
  };
  if (typeof spec !== 'object' || spec === null) fail('', spec, 'an object');
  checkKeys('network', spec, FIELDS);
  if (spec.dimensions !== 1 && spec.dimensions !== 2) fail('.dimensions', spec.dimensions, '1 or 2');
  if (spec.padding !== undefined && !PADDINGS.includes(spec.padding)) {
    fail('.padding', spec.padding, PADDINGS.join(', '));
  }
  if (!NEURON_KINDS.includes(spec.neuron)) fail('.neuron', spec.neuron, NEURON_KINDS.join(', '));
  positive('.input.frames', spec.input?.frames, MOST_FRAMES);
  positive('.input.coefficients', spec.input?.coefficients, MOST_BANDS);
  checkKeys('network.input', spec.input, ['frames', 'coefficients', 'channels']);
  const { channels } = spec.input;
  if (channels !== undefined) positive('.input.channels', channels, MOST_INPUT_CHANNELS);
  if (channels !== undefined && (spec.dimensions === 1 || spec.padding === 'valid')) {
    fail('.input.channels', channels, 'none: only 2-D networks with same padding have several channels');
  }
  positive('.timesteps', spec.timesteps, MOST_TIMESTEPS);
  positive('.classes', spec.classes, MOST_CLASSES);
  const { surrogateSlope: slope } = spec;
  if (typeof slope !== 'number' || !(slope > 0 && slope <= MOST_SURROGATE_SLOPE)) {
    fail('.surrogateSlope', slope, `a number above 0, at most ${MOST_SURROGATE_SLOPE}`);
  }
  if (!Array.isArray(spec.stages)) fail('.stages', spec.stages, 'a list of stages');
  const convolution = (name: string, part: StemSpec | undefined, fields: readonly string[]): void => {
    positive(`${name}.channels`, part?.channels, MOST_CHANNELS);
    checkKeys(`network${name}`, part!, fields);
    extent(`${name}.kernel`, part!.kernel, true);
    extent(`${name}.stride`, part!.stride, false);
    if (spec.dimensions === 1 && (part!.kernel[1] !== 1 || part!.stride[1] !== 1)) {
      throw new NetworkError(`network${name} spans frequency, which a 1-D network does not have`);
    }
  };
  convolution('.stem', spec.stem, CONVOLUTION);
  for (const [k, stage] of spec.stages.entries()) {
    convolution(`.stages[${k}]`, stage, ['blocks', ...CONVOLUTION, 'shortcuts']);
    positive(`.stages[${k}].blocks`, stage.blocks, 64);
    if (stage.shortcuts !== undefined && stage.shortcuts !== false) {
      fail(`.stages[${k}].shortcuts`, stage.shortcuts, 'false, or nothing for residual blocks');
    }
  }
  return spec;
}

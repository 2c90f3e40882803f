import { NetworkError } from '../error.js';
import { MOST_BANDS, MOST_CHANNELS, MOST_CLASSES, MOST_EXTENT, MOST_FRAMES, MOST_TIMESTEPS } from './generated.js';

/**
 * `if`: threshold fixed at 1. `atif-u`: one trainable threshold per layer. `atif-nu`: one per layer and timestep.
 * `relu`: the same network with ordinary activations, one timestep.
 */
export type NeuronKind = 'if' | 'atif-u' | 'atif-nu' | 'relu';
export const NEURON_KINDS: readonly NeuronKind[] = ['if', 'atif-u', 'atif-nu', 'relu'];

/** [time, frequency] */
export type Extent = readonly [time: number, frequency: number];

export interface StemSpec {
  readonly channels: number;
  /** Odd; padded by (kernel − 1) / 2 on every side. */
  readonly kernel: Extent;
  readonly stride: Extent;
}

/** A stage is `blocks` residual blocks of the same width; the stride belongs to the first convolution of the first. */
export interface StageSpec {
  readonly blocks: number;
  readonly channels: number;
  readonly kernel: Extent;
  readonly stride: Extent;
}

/** The description of a network: plain data, as it stands in configurations, checkpoints and model files. */
export interface NetworkSpec {
  /** Frames per clip (49, or 48 as printed in the paper) and cepstral coefficients per frame. */
  readonly input: { readonly frames: number; readonly coefficients: number };
  /** 1: coefficients are the input's channels and time is its only axis. 2: one channel of frames × coefficients. */
  readonly dimensions: 1 | 2;
  readonly stem: StemSpec;
  readonly stages: readonly StageSpec[];
  readonly neuron: NeuronKind;
  readonly timesteps: number;
  /** α of the surrogate gradient σ′(α(H − Vth)). */
  readonly surrogateSlope: number;
  readonly classes: number;
}

/** Checks a description that came from outside and returns it typed; throws `NetworkError` naming the field. */
export function checkSpec(value: unknown): NetworkSpec {
  const spec = value as NetworkSpec;
  const positive = (name: string, n: unknown, most: number): void => {
    if (!Number.isInteger(n) || (n as number) < 1 || (n as number) > most) {
      throw new NetworkError(`network: ${name} is ${JSON.stringify(n)}, expected a whole number from 1 to ${most}`);
    }
  };
  const extent = (name: string, e: unknown, odd: boolean): void => {
    if (!Array.isArray(e) || e.length !== 2) {
      throw new NetworkError(`network: ${name} is ${JSON.stringify(e)}, expected [time, frequency]`);
    }
    for (const n of e) {
      positive(name, n, MOST_EXTENT);
      if (odd && n % 2 === 0) throw new NetworkError(`network: ${name} is ${JSON.stringify(e)}, expected odd numbers`);
    }
  };
  if (typeof spec !== 'object' || spec === null) throw new NetworkError('network: expected an object');
  if (spec.dimensions !== 1 && spec.dimensions !== 2) {
    throw new NetworkError(`network: dimensions is ${JSON.stringify(spec.dimensions)}, expected 1 or 2`);
  }
  if (!NEURON_KINDS.includes(spec.neuron)) {
    throw new NetworkError(`network: neuron is ${JSON.stringify(spec.neuron)}, expected ${NEURON_KINDS.join(', ')}`);
  }
  positive('input.frames', spec.input?.frames, MOST_FRAMES);
  positive('input.coefficients', spec.input?.coefficients, MOST_BANDS);
  positive('timesteps', spec.timesteps, MOST_TIMESTEPS);
  positive('classes', spec.classes, MOST_CLASSES);
  const { surrogateSlope: slope } = spec;
  // Steeper than that, the gradient is zero almost everywhere.
  if (typeof slope !== 'number' || !(slope > 0 && slope <= 100)) {
    throw new NetworkError(
      `network: surrogateSlope is ${JSON.stringify(slope)}, expected a number above 0, at most 100`,
    );
  }
  if (!Array.isArray(spec.stages)) throw new NetworkError('network: stages is missing');
  for (const [name, part] of [['stem', spec.stem], ...spec.stages.map((s, k) => [`stages[${k}]`, s])] as const) {
    const conv = part as StemSpec;
    positive(`${name}.channels`, conv?.channels, MOST_CHANNELS);
    extent(`${name}.kernel`, conv.kernel, true);
    extent(`${name}.stride`, conv.stride, false);
    if (spec.dimensions === 1 && (conv.kernel[1] !== 1 || conv.stride[1] !== 1)) {
      throw new NetworkError(`network: ${name} spans frequency, which a 1-D network does not have`);
    }
  }
  for (const [k, stage] of spec.stages.entries()) positive(`stages[${k}].blocks`, stage.blocks, 64);
  return spec;
}

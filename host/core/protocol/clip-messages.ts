import { BodyReader, BodyWriter } from './body.js';
import { NO_CLASS } from './generated.js';

/** The shape of the input and output of the board's model. */
export interface ClipShape {
  readonly frames: number;
  readonly coefficients: number;
  readonly timesteps: number;
  readonly layers: number;
  readonly classes: number;
  /** Most samples in one SAMPLES. */
  readonly samplesAtOnce: number;
}

/** The board's result of one inference. */
export interface BoardInference {
  readonly class: number;
  /** Timesteps that were computed; 0 from firmware that does not say it, whose networks compute all. */
  readonly timesteps: number;
  /** Frames since the clip began, and how many of them the board's front end computed. */
  readonly frames: number;
  readonly framesComputed: number;
  /** Instructions or cycles of the network, and of the front end since the clip began. */
  readonly count: number;
  readonly frontEndCount: number;
  /** Ticks of the board's clock for the same. */
  readonly ticks: number;
  readonly frontEndTicks: number;
  /** int32 [class] */
  readonly scores: Int32Array;
  /** [layer] */
  readonly spikes: Uint32Array;
  readonly synapticOperations: Uint32Array;
  /** Instructions or cycles of each step: the layers, then the classifier. */
  readonly stepCounts: Uint32Array;
}

/** The result of one step; `class` is null until the last. */
export interface Step {
  readonly left: number;
  readonly class: number | null;
  readonly count: number;
}

/** The answer to samples or features. */
export interface Taken {
  /** Frames complete since CLIP. */
  readonly frames: number;
  /** In a stream, when a result is due. */
  readonly result: BoardInference | null;
}

const RESULT_FOLLOWS = 1;

export function encodeClip(source: number, hop: number): Uint8Array {
  return new BodyWriter().u8(source).u8(0).u16(hop).end();
}

export function decodeClip(body: Uint8Array): ClipShape {
  const { u16 } = new BodyReader(body);
  const [frames, coefficients, timesteps, layers, classes, samplesAtOnce] = [u16(), u16(), u16(), u16(), u16(), u16()];
  return { frames, coefficients, timesteps, layers, classes, samplesAtOnce };
}

/** `samples` are int16; a body holds 510 of them. */
export function encodeSamples(offset: number, samples: Int16Array): Uint8Array {
  const bytes = new Uint8Array(samples.length * 2);
  const view = new DataView(bytes.buffer);
  for (const [k, sample] of samples.entries()) view.setInt16(2 * k, sample, true);
  return new BodyWriter().u32(offset).end(bytes);
}

export function encodeFeatures(offset: number, features: Int8Array): Uint8Array {
  return new BodyWriter().u32(offset).end(new Uint8Array(features.buffer, features.byteOffset, features.length));
}

export function decodeTaken(body: Uint8Array): Taken {
  const reader = new BodyReader(body);
  const [frames, follows] = [reader.u32(), reader.u8()];
  reader.skip(3);
  return { frames, result: follows === RESULT_FOLLOWS ? decodeInference(reader.rest()) : null };
}

/** Arrays that do not fit in the answer are empty; `BoardClient` inspects them. */
export function decodeInference(body: Uint8Array): BoardInference {
  const reader = new BodyReader(body);
  const { u8, u16, u32, u64 } = reader;
  const [winner, layers, classes, follow, timesteps] = [u16(), u16(), u16(), u8(), u8()];
  const [frames, framesComputed] = [u32(), u32()];
  const [count, frontEndCount, ticks, frontEndTicks] = [u64(), u64(), u64(), u64()];
  const some = (length: number): number => (follow === RESULT_FOLLOWS ? length : 0);
  return {
    class: winner,
    timesteps,
    frames,
    framesComputed,
    count,
    frontEndCount,
    ticks,
    frontEndTicks,
    scores: reader.i32s(some(classes)),
    spikes: reader.u32s(some(layers)),
    synapticOperations: reader.u32s(some(layers)),
    stepCounts: reader.u32s(some(layers + 1)),
  };
}

export function encodeStep(index: number): Uint8Array {
  return new BodyWriter().u16(index).end();
}

export function decodeStep(body: Uint8Array): Step {
  const { u16, u32 } = new BodyReader(body);
  const [left, winner, count] = [u16(), u16(), u32()];
  return { left, class: winner === NO_CLASS ? null : winner, count };
}

/** Requests `length` bytes from `offset` on of what INSPECT calls `what`, of layer or position `index`. */
export function encodeInspect(what: number, index: number, offset: number, length: number): Uint8Array {
  return new BodyWriter().u8(what).u8(0).u16(index).u32(offset).u16(length).end();
}

export function decodeInspect(body: Uint8Array): { readonly whole: number; readonly bytes: Uint8Array } {
  const reader = new BodyReader(body);
  return { whole: reader.u32(), bytes: reader.rest() };
}

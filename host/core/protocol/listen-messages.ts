import { millisecondsOf } from '../audio/index.js';
import type { Detection } from '../detection/index.js';
import { PROBABILITY_ONE } from '../quantization/index.js';
import { BodyReader, BodyWriter } from './body.js';

/** How a board listens with its own microphone. */
export interface BoardHearing {
  readonly microphone: boolean;
  /** Whether it listens now. */
  readonly listening: boolean;
  /** Samples that it has heard since it began, and that were lost because it was too slow. */
  readonly heard: number;
  readonly lost: number;
  /** Samples, lost ones included, that had gone by when it last began again: 0, or the end of the last gap. */
  readonly since: number;
}

export function encodeListen(what: number): Uint8Array {
  return new BodyWriter().u8(what).end();
}

export function decodeHearing(body: Uint8Array): BoardHearing {
  const reader = new BodyReader(body);
  const { u8, u64 } = reader;
  const [microphone, listening] = [u8() === 1, u8() === 1];
  reader.skip(6);
  return { microphone, listening, heard: u64(), lost: u64(), since: u64() };
}

/**
 * Decodes the body of the event DETECTED. Its samples are those that had gone by since the board began to listen, lost
 * ones included.
 */
export function decodeDetected(body: Uint8Array): Detection {
  const reader = new BodyReader(body);
  const { u16, u64 } = reader;
  const [label, score, sample] = [u16(), u16() / PROBABILITY_ONE, u64()];
  return { word: reader.restText(), label, score, sample, timeMs: millisecondsOf(sample) };
}

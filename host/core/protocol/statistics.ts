import { BodyReader } from './body.js';

/** What a board counts since it started. */
export interface BoardStatistics {
  readonly ticks: number;
  readonly stackBytes: number;
  /** The most bytes of stack that were in use. */
  readonly stackHighWater: number;
  readonly kernelRamBytes: number;
  /** How many of them the running model uses. */
  readonly kernelRamUsed: number;
  readonly requests: number;
  readonly answersRepeated: number;
  readonly lateRequests: number;
  readonly damagedFrames: number;
  readonly otherNonces: number;
  readonly sectorsErased: number;
  readonly flashOperations: number;
  readonly inferences: number;
}

export function decodeStatistics(body: Uint8Array): BoardStatistics {
  const { u32, u64 } = new BodyReader(body);
  return {
    ticks: u64(),
    stackBytes: u32(),
    stackHighWater: u32(),
    kernelRamBytes: u32(),
    kernelRamUsed: u32(),
    requests: u32(),
    answersRepeated: u32(),
    lateRequests: u32(),
    damagedFrames: u32(),
    otherNonces: u32(),
    sectorsErased: u32(),
    flashOperations: u32(),
    inferences: u32(),
  };
}

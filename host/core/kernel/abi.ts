import { ModelError } from '../error.js';

/** The version of the ABI below; a kernel must return the same from `abiVersion()`. */
export const ABI_VERSION = 1;

/** Keys of `query`: the same numbers as in assembly/inference/network/query.ts. */
export const QUERY = {
  errorDetail: 0,
  errorOther: 1,
  ramBytes: 2,
  samples: 3,
  pushSamples: 4,
  framesReady: 5,
  features: 6,
  frames: 7,
  coefficients: 8,
  timesteps: 9,
  layers: 10,
  classes: 11,
  winner: 12,
  scores: 13,
  spikeCounts: 14,
  operationCounts: 15,
  currents: 16,
  /** Plus the index of a layer. */
  spikes: 256,
} as const;

/** What a kernel exports; docs/model-format.md has the order of calls. */
export interface KernelExports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  abiVersion(): number;
  /** Checks and binds the model file at `address`; RAM is all memory below `ram`. Returns 0 or an error code. */
  load(address: number, length: number, ram: number): number;
  loadEmbedded(): number;
  query(key: number): number;
  reset(): void;
  /** Takes `count` samples from the sample buffer; returns the frames that they completed (0 or 1), −1 if refused. */
  push(count: number): number;
  infer(): number;
  begin(): void;
  /** Computes the next layer, or the classifier; returns how many steps are left. */
  step(): number;
  stemCurrent(position: number): void;
}

const FUNCTIONS = [
  'load',
  'loadEmbedded',
  'query',
  'reset',
  'push',
  'infer',
  'begin',
  'step',
  'stemCurrent',
] as const satisfies readonly (keyof KernelExports)[];

/** Checks that an instance is a kernel of this version; throws `ModelError` saying what it is instead. */
export function checkAbi(exports: Record<string, unknown>): KernelExports {
  const { abiVersion, memory } = exports;
  if (typeof abiVersion !== 'function' || !(memory instanceof WebAssembly.Memory)) {
    throw new ModelError('the WebAssembly module is no spikeword kernel: it has no abiVersion or no memory');
  }
  const version: unknown = abiVersion();
  if (version !== ABI_VERSION) {
    throw new ModelError(`the kernel has ABI version ${version}; this spikeword needs version ${ABI_VERSION}`);
  }
  for (const name of FUNCTIONS) {
    if (typeof exports[name] !== 'function') throw new ModelError(`the kernel has no function ${name}`);
  }
  return exports as unknown as KernelExports;
}

import { availableParallelism, cpus, release, totalmem } from 'node:os';
import { packageVersion } from '../system/index.js';
import type { TorchReport } from './torch/index.js';

/** The machine and the software of one session of a run. It has nothing personal, no path and no host name. */
export interface Environment {
  readonly spikeword: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGiB: number;
  /** Threads of this session; the weights do not depend on them. */
  readonly threads: number;
  /** What computed: `wasm`, whose results are the same everywhere, or PyTorch, which repeats on the same devices. */
  readonly engine: 'wasm' | ({ readonly name: 'torch'; readonly processes: number } & Omit<TorchReport, 'pids'>);
  /** Epochs that were finished before this session began. */
  readonly epochsBefore: number;
  /** ISO 8601. */
  readonly started: string;
}

export function describeEnvironment(
  threads: number,
  epochsBefore: number,
  report: TorchReport | null = null,
): Environment {
  return {
    spikeword: packageVersion(),
    node: process.versions.node,
    v8: process.versions.v8,
    platform: `${process.platform} ${release()} ${process.arch}`,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: availableParallelism(),
    memoryGiB: Math.round(totalmem() / 2 ** 30),
    threads,
    engine: report === null ? 'wasm' : torchEngine(report),
    epochsBefore,
    started: new Date().toISOString(),
  };
}

function torchEngine({ pids, ...report }: TorchReport): Environment['engine'] {
  return { name: 'torch', processes: pids.length, ...report };
}

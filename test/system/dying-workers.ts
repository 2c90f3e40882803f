import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';

/** A worker that reports ready and ends with exit code 0 when it gets a job. `first` is imported before that. */
const DYING = (first: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads';
      parentPort.once('message', () => process.exit(0));
      ${first === '' ? "parentPort.postMessage({ kind: 'ready' });" : `await import(${JSON.stringify(first)});`}
    `)}`,
  );

/**
 * Does work in which the second worker thread ends early, with exit code 0, when it gets its job. With `inPlace` it
 * runs the real module until then.
 */
export async function whereAWorkerEnds<T>(work: () => Promise<T>, inPlace = false): Promise<T> {
  const { Worker } = workerThreads;
  let started = 0;
  class Dying extends Worker {
    constructor(module: string | URL, options?: WorkerOptions) {
      super(++started === 2 ? DYING(inPlace ? `${module}` : '') : module, options);
    }
  }
  workerThreads.Worker = Dying;
  syncBuiltinESMExports();
  try {
    return await work();
  } finally {
    workerThreads.Worker = Worker;
    syncBuiltinESMExports();
  }
}

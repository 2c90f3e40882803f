import { syncBuiltinESMExports } from 'node:module';
import workerThreads, { type WorkerOptions } from 'node:worker_threads';

/** The module of a worker that gets ready, with `first` imported if given, and ends with code 0 when it gets a job. */
const DYING = (first: string): URL =>
  new URL(
    `data:text/javascript,${encodeURIComponent(`
      import { parentPort } from 'node:worker_threads';
      parentPort.once('message', () => process.exit(0));
      ${first === '' ? "parentPort.postMessage({ kind: 'ready' });" : `await import(${JSON.stringify(first)});`}
    `)}`,
  );

/**
 * Does `work`; the second worker thread that it starts ends early, with exit code 0, when it gets its job. With
 * `inPlace` this worker runs its own module until then.
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

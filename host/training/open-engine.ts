import { Worker } from 'node:worker_threads';
import { type EngineOptions, type StartThread, TrainingEngine } from '../core/training/index.js';
import { wasmBytes } from '../system/index.js';

const startThread: StartThread = (task, onFault) => {
  const worker = new Worker(new URL('./engine-thread.js', import.meta.url), { workerData: task });
  worker.on('error', onFault);
  worker.on('exit', (code) => onFault(new Error(`it ended with code ${code}`)));
  // a program that ends without close() is not kept alive
  worker.unref();
  return { end: async () => void (await worker.terminate()) };
};

/** A training engine on threads of this process; throws `TrainingError` where it does not fit the memory. */
export async function openTrainingEngine(
  options: Omit<EngineOptions, 'module' | 'startThread'>,
): Promise<TrainingEngine> {
  const module = await WebAssembly.compile(wasmBytes('trainer'));
  return TrainingEngine.create({ ...options, module, startThread });
}

import { type EngineOptions, type StartThreads, TrainingEngine } from '../core/training/index.js';
import { WorkerPool, wasmBytes } from '../system/index.js';

/** Threads of this process, which do not keep it alive. */
const startThreads: StartThreads = async (tasks, onFault) => {
  const pool = await WorkerPool.start(new URL('./engine-thread.js', import.meta.url), tasks);
  pool.unref().run(null).catch(onFault);
  return { end: () => pool.close() };
};

/** A training engine on threads of this process; throws `TrainingError` where it does not fit the memory. */
export async function openTrainingEngine(
  options: Omit<EngineOptions, 'module' | 'startThreads'>,
): Promise<TrainingEngine> {
  const module = await WebAssembly.compile(wasmBytes('trainer'));
  return TrainingEngine.create({ ...options, module, startThreads });
}

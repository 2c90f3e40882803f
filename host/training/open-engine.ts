import { type EngineOptions, type StartThreads, TrainingEngine } from '../core/training/index.js';
import { WorkerPool, wasmBytes } from '../system/index.js';

/** Starts threads of this process that do not keep it alive. */
export const startThreads: StartThreads = async (tasks, onFault) => {
  const pool = await WorkerPool.start(new URL('./engine-thread.js', import.meta.url), tasks);
  pool.unref().run(null).catch(onFault);
  return { end: () => pool.close() };
};

/** Opens a training engine on threads of this process. Throws `TrainingError` if it does not fit into memory. */
export async function openTrainingEngine(
  options: Omit<EngineOptions, 'module' | 'startThreads'>,
): Promise<TrainingEngine> {
  const module = await WebAssembly.compile(wasmBytes('trainer'));
  return TrainingEngine.create({ ...options, module, startThreads });
}

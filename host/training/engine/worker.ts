// A training thread: waits for a program, does its share, waits for the next.
import { workerData } from 'node:worker_threads';
import { CONTROL, kernelsOf, PhaseRunner } from './phases.js';
import { PROGRAM_NAMES, type Programs } from './program.js';

export interface WorkerData {
  readonly module: WebAssembly.Module;
  readonly memory: WebAssembly.Memory;
  readonly control: Int32Array;
  readonly programs: Programs;
  readonly scratch: number;
  readonly threads: number;
}

const { module, memory, control, programs, scratch, threads } = workerData as WorkerData;
try {
  const runner = new PhaseRunner(kernelsOf(module, memory), programs, scratch, control, threads);
  for (let generation = 0; ; generation++) {
    runner.await(CONTROL.generation, generation);
    if (Atomics.load(control, CONTROL.stop) !== 0) break;
    runner.run(PROGRAM_NAMES[Atomics.load(control, CONTROL.program)]);
  }
} catch (fault) {
  Atomics.store(control, CONTROL.failed, 1);
  Atomics.notify(control, CONTROL.phase);
  throw fault;
}

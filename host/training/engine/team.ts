import { Worker } from 'node:worker_threads';
import { EngineError } from './error.js';
import { CONTROL, kernelsOf, PhaseRunner } from './phases.js';
import { type Kernels, PROGRAM_NAMES, type ProgramName, type Programs } from './program.js';
import type { WorkerData } from './worker.js';

/** The calling thread and its workers. Workers start with the first program that they can share. */
export class Team {
  /** Of the calling thread. */
  readonly kernels: Kernels;
  private readonly control: Int32Array;
  private readonly runner: PhaseRunner;
  private readonly workers: Worker[];
  private fault: Error | null = null;

  constructor(
    module: WebAssembly.Module,
    memory: WebAssembly.Memory,
    private readonly programs: Programs,
    scratch: readonly number[],
  ) {
    const longest = Math.max(...Object.values(programs).map((phases) => phases.length));
    this.control = new Int32Array(new SharedArrayBuffer((CONTROL.pieces + longest) * 4));
    const threads = scratch.length;
    this.kernels = kernelsOf(module, memory);
    this.runner = new PhaseRunner(this.kernels, programs, scratch[0], this.control, threads);
    this.workers = scratch.slice(1).map((own) => {
      const workerData: WorkerData = { module, memory, control: this.control, programs, scratch: own, threads };
      const worker = new Worker(new URL('./worker.js', import.meta.url), { workerData });
      worker.on('error', (fault) => {
        this.fault = fault;
      });
      // A program that ends without close() is not kept alive.
      worker.unref();
      return worker;
    });
  }

  /** Runs a program on all threads; returns when it is done. Throws `EngineError` when a thread has failed. */
  run(name: ProgramName, images: number, shards: number): void {
    const { control } = this;
    if (this.fault !== null || Atomics.load(control, CONTROL.failed) !== 0) {
      throw new EngineError(`a training thread has failed: ${this.fault?.message ?? 'no message'}`);
    }
    control.fill(0, CONTROL.pieces, CONTROL.pieces + this.programs[name].length);
    control[CONTROL.program] = PROGRAM_NAMES.indexOf(name);
    control[CONTROL.images] = images;
    control[CONTROL.shards] = shards;
    Atomics.add(control, CONTROL.generation, 1);
    Atomics.notify(control, CONTROL.generation);
    try {
      this.runner.run(name);
    } catch (cause) {
      Atomics.store(control, CONTROL.failed, 1);
      throw new EngineError(`training failed: ${(cause as Error).message}`, { cause });
    }
  }

  async close(): Promise<void> {
    Atomics.store(this.control, CONTROL.stop, 1);
    Atomics.add(this.control, CONTROL.generation, 1);
    Atomics.notify(this.control, CONTROL.generation);
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }
}

import type { CompiledModule } from '../compiled-module.js';
import { TrainingError } from '../error.js';
import type { TrainingMemory } from './arena.js';
import { CONTROL, kernelsOf, PhaseRunner } from './phases.js';
import { type Kernels, PROGRAM_NAMES, type ProgramName, type Programs } from './program.js';

/** What a thread needs to do its share of every program. All of it can be posted to a worker. */
export interface ThreadTask {
  readonly module: CompiledModule;
  readonly memory: TrainingMemory;
  readonly control: Int32Array;
  readonly programs: Programs;
  readonly scratch: number;
  readonly threads: number;
}

/** Threads that have been started. */
export interface Threads {
  end(): Promise<void>;
}

/**
 * Starts a thread for each task, which calls `runThread` with it. Resolves when all threads are about to do so: from
 * then on the caller blocks, and a browser delivers nothing to the workers of a blocked worker. `onFault` is called if
 * a thread fails or ends by itself later.
 */
export type StartThreads = (tasks: readonly ThreadTask[], onFault: (fault: Error) => void) => Promise<Threads>;

/** The work of a thread: waits for a program, does its share, waits for the next. Returns when the team is closed. */
export function runThread({ module, memory, control, programs, scratch, threads }: ThreadTask): void {
  try {
    const kernels = kernelsOf(module, memory);
    const runner = new PhaseRunner(kernels, programs, scratch, control, threads);
    for (let generation = 0; ; generation++) {
      runner.await(CONTROL.generation, generation);
      if (Atomics.load(control, CONTROL.stop) !== 0) return;
      runner.run(PROGRAM_NAMES[Atomics.load(control, CONTROL.program)]);
    }
  } catch (fault) {
    reportFailure(control);
    throw fault;
  }
}

/** Tells the threads that wait for a failed one to stop waiting. */
export function reportFailure(control: Int32Array): void {
  Atomics.store(control, CONTROL.failed, 1);
  Atomics.notify(control, CONTROL.phase);
}

/** The calling thread and the others, if there are any. */
export class Team {
  private others: Threads | null = null;
  private fault: Error | null = null;
  private closed = false;

  private constructor(
    /** The kernels of the calling thread. */
    readonly kernels: Kernels,
    private readonly control: Int32Array,
    private readonly runner: PhaseRunner,
    private readonly programs: Programs,
  ) {}

  /**
   * Starts the threads other than the calling one. Throws `TrainingError` if one cannot start.
   *
   * @param scratch scratch memory of each thread, the calling one first
   */
  static async start(
    module: CompiledModule,
    memory: TrainingMemory,
    programs: Programs,
    scratch: readonly number[],
    startThreads?: StartThreads,
  ): Promise<Team> {
    const longest = Math.max(...Object.values(programs).map((phases) => phases.length));
    const words = CONTROL.pieces + longest;
    const threads = scratch.length;
    // a single thread waits for no other: it needs no shared memory here, which a page may not have
    const control = threads === 1 ? new Int32Array(words) : new Int32Array(new SharedArrayBuffer(words * 4));
    const kernels = kernelsOf(module, memory);
    const team = new Team(kernels, control, new PhaseRunner(kernels, programs, scratch[0], control, threads), programs);
    if (threads === 1) return team;
    if (startThreads === undefined) throw new TrainingError(`${threads} threads, but no startThreads to start them`);
    const tasks = scratch.slice(1).map((own) => ({ module, memory, control, programs, scratch: own, threads }));
    try {
      team.others = await startThreads(tasks, (fault) => team.lose(fault));
    } catch (cause) {
      throw new TrainingError(`a training thread cannot start: ${(cause as Error).message}`, { cause });
    }
    return team;
  }

  /** A thread has failed. */
  private lose(fault: Error): void {
    if (this.closed) return;
    this.fault ??= fault;
    reportFailure(this.control);
  }

  /** Runs a program on all threads; returns when it is done. Throws `TrainingError` if a thread has failed. */
  run(name: ProgramName, images: number, shards: number): void {
    const { control } = this;
    if (this.fault !== null || Atomics.load(control, CONTROL.failed) !== 0) {
      throw new TrainingError(`a training thread has failed: ${this.fault?.message ?? 'no message'}`);
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
      throw new TrainingError(`training failed: ${(cause as Error).message}`, { cause });
    }
  }

  async close(): Promise<void> {
    this.closed = true;
    Atomics.store(this.control, CONTROL.stop, 1);
    Atomics.add(this.control, CONTROL.generation, 1);
    Atomics.notify(this.control, CONTROL.generation);
    await this.others?.end();
  }
}

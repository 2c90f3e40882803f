import type { CompiledModule } from '../compiled-module.js';
import type { TrainingMemory } from './arena.js';
import type { Argument, Call, Kernels, Phase, ProgramName, Programs } from './program.js';

/** Words of the control memory, which coordinates the threads. */
export const CONTROL = {
  /** Counts the programs that were started; the threads sleep on it. */
  generation: 0,
  program: 1,
  images: 2,
  shards: 3,
  /** Threads that have finished the phase. */
  arrived: 4,
  /** Counts the phases that are over. */
  phase: 5,
  failed: 6,
  stop: 7,
  /** The next piece of each phase of the program. */
  pieces: 8,
} as const;

/** How often a thread checks before it sleeps: about ten microseconds. */
const SPINS = 4000;
/** A sleeping thread checks this often whether another one has failed. */
const PATIENCE_MS = 1000;

/** Instantiates trainer.wasm over the shared memory. */
export function kernelsOf(module: CompiledModule, memory: TrainingMemory): Kernels {
  const instance = new WebAssembly.Instance(module, { env: { memory } });
  return instance.exports as unknown as Kernels;
}

/** Runs programs as one of several threads. */
export class PhaseRunner {
  private readonly programs: Readonly<Record<ProgramName, readonly BoundPhase[]>>;

  constructor(
    kernels: Kernels,
    programs: Programs,
    scratch: number,
    private readonly control: Int32Array,
    private readonly threads: number,
  ) {
    const bind = (phase: Phase): BoundPhase => new BoundPhase(kernels, phase, scratch);
    this.programs = {
      step: programs.step.map(bind),
      gradients: programs.gradients.map(bind),
      infer: programs.infer.map(bind),
      refresh: programs.refresh.map(bind),
    };
  }

  /** Does this thread's share of a program; returns when all threads are done. */
  run(name: ProgramName): void {
    const { control, threads } = this;
    for (const [index, phase] of this.programs[name].entries()) {
      const counter = CONTROL.pieces + index;
      const pieces = phase.count(control);
      for (;;) {
        const piece = Atomics.add(control, counter, 1);
        if (piece >= pieces) break;
        phase.run(piece);
      }
      const before = Atomics.load(control, CONTROL.phase);
      if (Atomics.add(control, CONTROL.arrived, 1) === threads - 1) {
        phase.finish();
        Atomics.store(control, CONTROL.arrived, 0);
        Atomics.add(control, CONTROL.phase, 1);
        Atomics.notify(control, CONTROL.phase);
      } else {
        this.await(CONTROL.phase, before);
      }
    }
  }

  /** Waits until a word of the control memory is no longer `value`; throws when another thread has failed. */
  await(word: number, value: number): void {
    const { control } = this;
    for (let n = 0; n < SPINS; n++) if (Atomics.load(control, word) !== value) return;
    while (Atomics.load(control, word) === value) {
      if (Atomics.load(control, CONTROL.failed) !== 0) throw new Error('another training thread has failed');
      Atomics.wait(control, word, value, PATIENCE_MS);
    }
  }
}

type BoundCall = (piece: number) => void;

function bindCall(kernels: Kernels, call: Call, scratch: number): BoundCall {
  const kernel = kernels[call.kernel];
  const values = call.arguments.map((argument: Argument) => (typeof argument === 'number' ? argument : scratch));
  const place = call.arguments.indexOf('piece');
  return (piece) => {
    if (place >= 0) values[place] = piece;
    kernel(...values);
  };
}

class BoundPhase {
  private readonly calls: readonly BoundCall[];
  private readonly finishers: readonly BoundCall[];

  constructor(
    kernels: Kernels,
    private readonly phase: Phase,
    scratch: number,
  ) {
    this.calls = phase.calls.map((call) => bindCall(kernels, call, scratch));
    this.finishers = phase.finish.map((call) => bindCall(kernels, call, scratch));
  }

  count(control: Int32Array): number {
    if (this.phase.pieces === 'table') return this.calls.length;
    return Atomics.load(control, this.phase.pieces === 'images' ? CONTROL.images : CONTROL.shards);
  }

  run(piece: number): void {
    if (this.phase.pieces === 'table') this.calls[piece](piece);
    else this.calls[0](piece);
  }

  finish(): void {
    for (const call of this.finishers) call(0);
  }
}

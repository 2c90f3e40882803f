import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { TrainingError } from '../../core/error.js';
import { packagePath, whileUnfinished } from '../../system/index.js';
import { findPython, type Python } from './find-python.js';

/** Where PyTorch computes, and with how many processes. */
export interface TorchOptions {
  /** Default `cuda` if PyTorch can use a GPU here. */
  readonly device?: 'cuda' | 'cpu';
  /** Processes on each machine; default one for each GPU, or one. */
  readonly processes?: number;
  /** Machines; default 1. */
  readonly nodes?: number;
  /** Which of the machines this is; default 0, the one that has the recordings and writes the run. */
  readonly node?: number;
  /** HOST:PORT of machine 0, where all machines meet; required for more than one. */
  readonly rendezvous?: string;
}

/** What the processes say of themselves when they are ready. */
export interface TorchReport {
  readonly torch: string;
  readonly device: 'cuda' | 'cpu';
  readonly deviceName: string;
  readonly backend: string;
  /** Process ids, in the order of their ranks. */
  readonly pids: readonly number[];
}

/** A line from process 0. */
interface Answer {
  readonly done?: unknown;
  readonly step?: { readonly loss: string; readonly correct: number; readonly spikes: readonly number[] };
}

export type TorchStep = NonNullable<Answer['step']>;

/** Characters of the processes' messages that are kept for an error. */
const KEPT_OUTPUT = 20_000;
/** How long the processes may take to end after their work, before they are killed. */
const END_MS = 10_000;

/** A command of torchrun, with its arguments and its environment. */
function torchrun(python: Python, { threads, ...options }: TorchOptions & { threads: number }, socket: string | null) {
  const device = options.device ?? (python.gpus > 0 ? 'cuda' : 'cpu');
  const processes = options.processes ?? (device === 'cuda' ? Math.max(1, python.gpus) : 1);
  const { nodes = 1, node = 0, rendezvous = '' } = options;
  const colon = rendezvous.lastIndexOf(':');
  const meeting =
    nodes === 1
      ? ['--standalone']
      : [`--master_addr=${rendezvous.slice(0, colon)}`, `--master_port=${rendezvous.slice(colon + 1)}`];
  const args = [
    ...['-m', 'torch.distributed.run', `--nproc_per_node=${processes}`, `--nnodes=${nodes}`, `--node_rank=${node}`],
    ...meeting,
    packagePath('host/training/torch/worker.py'),
    ...['--device', device],
    ...(socket === null ? [] : ['--socket', socket]),
  ];
  const env = {
    ...process.env,
    OMP_NUM_THREADS: String(Math.max(1, Math.floor(threads / processes))),
    // Threads that spin at barriers make a step many times as long if another program needs a core.
    OMP_WAIT_POLICY: 'passive',
    // cuBLAS repeats its results only with this
    CUBLAS_WORKSPACE_CONFIG: ':4096:8',
    PYTHONDONTWRITEBYTECODE: '1',
    PYTHONUNBUFFERED: '1',
  };
  return { args, env };
}

/** Starts torchrun in a process group of its own: Ctrl-C reaches this process alone, which ends the others. */
function start(python: Python, options: TorchOptions & { threads: number }, socket: string | null) {
  const { args, env } = torchrun(python, options, socket);
  const child = spawn(python.command, args, { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
  const end = (): void => kill(child, 'SIGTERM');
  process.on('exit', end);
  child.once('exit', () => process.off('exit', end));
  let output = '';
  const keep = (data: Buffer): void => {
    output = (output + data).slice(-KEPT_OUTPUT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  return { child, output: () => output };
}

function kill(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, signal);
  } catch (fault) {
    // the last process of the group has just ended
    if ((fault as NodeJS.ErrnoException).code !== 'ESRCH') throw fault;
  }
}

/** Returns why processes have failed, from what torchrun and they have said. */
function reasonOf(output: string, node: number): string {
  const ends = [...output.matchAll(/rank\s*: (\d+) \(local_rank: \d+\)\s+exitcode\s*: (-?\d+) \(pid: (\d+)\)/g)];
  const killed = ends.find(([, , code]) => Number(code) < 0 && Number(code) !== -15);
  if (killed !== undefined) {
    const [, rank, code, pid] = killed;
    return `process ${rank} (pid ${pid}) was killed by signal ${-Number(code)}`;
  }
  const said = [...output.matchAll(/^.*torch engine: (.*)$/gm)].map(([, fault]) => fault);
  // If a process is lost, the others complain of the connection.
  const own = said.find((fault) => !/connection (closed|reset)|gloo|nccl/i.test(fault)) ?? said[0];
  if (own !== undefined) return own;
  const last = output.trim().split('\n').at(-1);
  return last || `torchrun on machine ${node} ended without a word`;
}

/** The processes that compute, on this machine and on others, and the line to process 0. */
export class TorchProcesses {
  private readonly queue: ((answer: Answer | TrainingError) => void)[] = [];
  private readonly waiting: Answer[] = [];
  private fault: TrainingError | null = null;
  private closing = false;

  private constructor(
    /** Files for the processes. */
    readonly folder: string,
    private readonly child: ChildProcess,
    private readonly server: Server,
    private readonly unfinished: { done(): void },
  ) {}

  private socket: Socket | null = null;
  private ready: TorchReport | null = null;

  get report(): TorchReport {
    return this.ready!;
  }

  /** Starts the processes. Throws `TrainingError` if they cannot start. */
  static async start(options: TorchOptions & { threads: number }, python: Python): Promise<TorchProcesses> {
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-torch-'));
    const unfinished = whileUnfinished(folder);
    const server = createServer();
    const path = join(folder, 'commands');
    server.listen(path);
    await once(server, 'listening');
    const { child, output } = start(python, options, path);
    const processes = new TorchProcesses(folder, child, server, unfinished);
    server.once('connection', (socket) => processes.listen(socket));
    child.once('error', (fault) => processes.fail(fault.message));
    child.once('exit', () => processes.fail(reasonOf(output(), options.node ?? 0)));
    try {
      processes.ready = (await processes.next()) as unknown as TorchReport;
    } catch (fault) {
      await processes.close();
      throw fault;
    }
    return processes;
  }

  private listen(socket: Socket): void {
    this.socket = socket;
    // The end of the processes, which torchrun explains, is what counts.
    socket.on('error', () => {});
    createInterface({ input: socket }).on('line', (line) => this.take(JSON.parse(line) as Answer));
  }

  private take(answer: Answer): void {
    const next = this.queue.shift();
    if (next === undefined) this.waiting.push(answer);
    else next(answer);
  }

  private fail(reason: string): void {
    if (this.closing || this.fault !== null) return;
    this.fault = new TrainingError(
      `the torch engine has failed: ${reason}; train --resume continues after the last finished epoch`,
    );
    for (const next of this.queue.splice(0)) next(this.fault);
  }

  private next(): Promise<Answer> {
    const answer = this.waiting.shift();
    if (answer !== undefined) return Promise.resolve(answer);
    if (this.fault !== null) return Promise.reject(this.fault);
    return new Promise((resolve, reject) => {
      this.queue.push((result) => (result instanceof TrainingError ? reject(result) : resolve(result)));
    });
  }

  /** Has all processes carry out a command, and returns its result. Throws `TrainingError` if one of them fails. */
  async run<Result>(
    command: string,
    options: object,
    onStep: (step: TorchStep) => Promise<void> = async () => {},
  ): Promise<Result> {
    if (this.fault !== null) throw this.fault;
    this.socket?.write(`${JSON.stringify({ do: command, with: options })}\n`);
    for (;;) {
      const { step, done } = await this.next();
      if (step === undefined) return done as Result;
      await onStep(step);
    }
  }

  /** Ends the processes: in peace if they are waiting for a command, otherwise `now`. */
  async close(now = false): Promise<void> {
    this.closing = true;
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      const ended = once(child, 'exit');
      if (now || this.fault !== null || this.ready === null) kill(child, 'SIGKILL');
      else this.socket?.end();
      const timer = setTimeout(() => kill(child, 'SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    }
    this.socket?.destroy();
    this.server.close();
    rmSync(this.folder, { recursive: true, force: true });
    this.unfinished.done();
  }
}

/**
 * Computes on this machine for the run of machine 0, until that has ended. Throws `TrainingError` if there is no
 * Python for it, or if a process fails.
 */
export async function joinTraining(options: TorchOptions & { threads: number }): Promise<void> {
  const { child, output } = start(findPython(), options, null);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new TrainingError(`the torch engine has failed: ${reasonOf(output(), options.node ?? 0)}`);
}

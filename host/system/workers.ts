import { parentPort, Worker, workerData } from 'node:worker_threads';

/** What a worker says: that it is ready, that its job is done, or what the job has to tell. */
type Said<Message> = { readonly kind: 'ready' | 'done' } | { readonly kind: 'told'; readonly message: Message };

/** A `URL`, whose name a program without the types of Node does not have. */
interface ModuleAddress {
  readonly href: string;
}

/** A job that is under way: what settles it, and how many workers are not done. */
interface Running<Message> {
  left: number;
  readonly tell: (message: Message) => void;
  readonly resolve: () => void;
  readonly reject: (fault: Error) => void;
}

/**
 * Worker threads that run one module, which calls `serveJobs`. A job goes to all of them; they share its pieces out
 * among themselves (`takePieces`). A worker that fails, or that ends before it is told to, by whatever exit code, fails
 * the job that is under way and every later one, and ends the others.
 */
export class WorkerPool<Setup, Job, Message = never> {
  private readonly workers: readonly Worker[];
  private running: Running<Message> | null = null;
  private fault: Error | null = null;
  private closed = false;

  private constructor(module: ModuleAddress, setups: readonly Setup[]) {
    this.workers = setups.map((setup) => new Worker(new URL(module.href), { workerData: setup }));
    for (const worker of this.workers) {
      worker.on('message', (said: Said<Message>) => this.take(said));
      worker.on('error', (fault) => this.fail(fault));
      worker.on('exit', (code) =>
        this.fail(new Error(`a worker thread ended before its work was done (code ${code})`)),
      );
    }
  }

  /** Starts a worker for each setup; resolves when all are ready, and throws what one of them throws. */
  static async start<Setup, Job, Message = never>(
    module: ModuleAddress,
    setups: readonly Setup[],
  ): Promise<WorkerPool<Setup, Job, Message>> {
    const pool = new WorkerPool<Setup, Job, Message>(module, setups);
    await pool.settled(() => {});
    return pool;
  }

  /**
   * Gives all workers a job; resolves when all have done their share. One job at a time. Throws what a worker throws.
   */
  async run(job: Job, onMessage: (message: Message) => void = () => {}): Promise<void> {
    const done = this.settled(onMessage);
    for (const worker of this.workers) worker.postMessage(job);
    await done;
  }

  /** Does not keep the process alive while nothing else does. */
  unref(): this {
    for (const worker of this.workers) worker.unref();
    return this;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  /** Resolves when every worker has said that it is ready or done. */
  private async settled(tell: (message: Message) => void): Promise<void> {
    if (this.fault !== null) throw this.fault;
    if (this.running !== null) throw new Error('the workers have a job already');
    if (this.workers.length === 0) return;
    await new Promise<void>((resolve, reject) => {
      this.running = { left: this.workers.length, tell, resolve, reject };
    });
  }

  private take(said: Said<Message>): void {
    const { running } = this;
    if (running === null) return;
    if (said.kind === 'told') running.tell(said.message);
    else if (--running.left === 0) {
      this.running = null;
      running.resolve();
    }
  }

  private fail(fault: Error): void {
    if (this.closed || this.fault !== null) return;
    this.fault = fault;
    this.running?.reject(fault);
    void this.close();
  }
}

/** Runs one job on workers that are started for it and ended behind it. Throws what a worker throws. */
export async function runOnWorkers<Setup, Job, Message = never>(
  module: ModuleAddress,
  setups: readonly Setup[],
  job: Job,
  onMessage?: (message: Message) => void,
): Promise<void> {
  const pool = await WorkerPool.start<Setup, Job, Message>(module, setups);
  try {
    await pool.run(job, onMessage);
  } finally {
    await pool.close();
  }
}

/** In a worker: `begin` takes the setup and gives what does a job. */
export function serveJobs<Setup, Job, Message = never>(
  begin: (setup: Setup) => (job: Job, tell: (message: Message, transfer?: readonly ArrayBuffer[]) => void) => void,
): void {
  const say = (said: Said<Message>, transfer: readonly ArrayBuffer[] = []): void =>
    parentPort!.postMessage(said, [...transfer]);
  const work = begin(workerData as Setup);
  parentPort!.on('message', (job: Job) => {
    work(job, (message, transfer) => say({ kind: 'told', message }, transfer));
    say({ kind: 'done' });
  });
  say({ kind: 'ready' });
}

/** A counter that threads share: the next item that nobody has taken. */
export function sharedCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/**
 * Takes pieces of up to `size` of `total` items until none is left, and hands each to `work`, [first, end). Small
 * pieces, so that a slow core does not hold up the end.
 */
export function takePieces(
  counter: Int32Array,
  total: number,
  size: number,
  work: (first: number, end: number) => void,
): void {
  for (;;) {
    const first = Atomics.add(counter, 0, size);
    if (first >= total) return;
    work(first, Math.min(first + size, total));
  }
}

import { parentPort, Worker, workerData } from 'node:worker_threads';

/** A message of a worker: it is ready, its job is done, or a message of the job. */
type Said<Message> = { readonly kind: 'ready' | 'done' } | { readonly kind: 'told'; readonly message: Message };

/** A `URL`; this type also exists in a program without the types of Node. */
interface ModuleAddress {
  readonly href: string;
}

/** A running job: the functions that settle it, and the number of workers that are not done. */
interface Running<Message> {
  left: number;
  readonly tell: (message: Message) => void;
  readonly resolve: () => void;
  readonly reject: (fault: Error) => void;
}

/**
 * Worker threads that run one module, which calls `serveJobs`. A job goes to all workers, which divide its pieces among
 * themselves (`takePieces`). If a worker fails or ends too early, with any exit code, the running job and every later
 * job fail, and the other workers end.
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

  /** Starts a worker for each setup. Resolves when all are ready, and throws what one of them throws. */
  static async start<Setup, Job, Message = never>(
    module: ModuleAddress,
    setups: readonly Setup[],
  ): Promise<WorkerPool<Setup, Job, Message>> {
    const pool = new WorkerPool<Setup, Job, Message>(module, setups);
    await pool.settled(() => {});
    return pool;
  }

  /** Gives all workers a job, one at a time. Resolves when all have done their part. Throws what a worker throws. */
  async run(job: Job, onMessage: (message: Message) => void = () => {}): Promise<void> {
    const done = this.settled(onMessage);
    for (const worker of this.workers) worker.postMessage(job);
    await done;
  }

  /** Lets the process end while the workers are running. */
  unref(): this {
    for (const worker of this.workers) worker.unref();
    return this;
  }

  async close(): Promise<void> {
    this.closed = true;
    await Promise.all(this.workers.map((worker) => worker.terminate()));
  }

  /** Resolves when every worker has reported that it is ready or done. */
  private async settled(tell: (message: Message) => void): Promise<void> {
    if (this.fault !== null) throw this.fault;
    if (this.running !== null) throw new Error('the workers already have a job');
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

/** Runs one job on workers that are started for it and ended after it. Throws what a worker throws. */
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

/** Serves jobs in a worker: `begin` gets the setup and returns the function that does a job. */
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

/** Returns a counter that threads share: the next item that no thread has taken. */
export function sharedCounter(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/**
 * Takes pieces of up to `size` of `total` items until none is left, and calls `work` with each, [first, end). With
 * small pieces, a slow core does not delay the end.
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

import { Worker } from 'node:worker_threads';
import { DetectionError } from '../../core/error.js';
import type { SamplePackDescriptor } from '../../dataset/index.js';
import type { StreamPlan } from './plan.js';

/** What the network said to one stream. */
export interface StreamAnswers {
  /** [inference][class] */
  readonly probabilities: Float64Array;
  /** Samples of the stream that had come, [inference]. */
  readonly samples: Float64Array;
}

/** What a thread is told once. */
export interface ListenTask {
  /** Content of a model file or module. */
  readonly model: Uint8Array;
  readonly pack: SamplePackDescriptor;
  readonly noises: readonly Int16Array[];
  readonly plans: readonly StreamPlan[];
  readonly hopMs: number;
  /** [0]: the next stream that nobody has taken, in shared memory. */
  readonly next: Int32Array;
}

/** What a thread answers: how many seconds it has heard since it said so last, or what the network said. */
export type ListenMessage =
  | { readonly heardSeconds: number }
  | { readonly stream: number; readonly answers: StreamAnswers };

/**
 * Renders planned streams and runs front end and network over them, on threads; what the network says does not depend
 * on their number.
 */
export async function listenToStreams(
  task: Omit<ListenTask, 'next'>,
  options: { readonly threads: number; readonly onProgress?: (seconds: number) => void },
): Promise<StreamAnswers[]> {
  const answers: StreamAnswers[] = [];
  const workerData: ListenTask = { ...task, next: new Int32Array(new SharedArrayBuffer(4)) };
  let seconds = 0;
  const receive = (message: ListenMessage): void => {
    if ('heardSeconds' in message) {
      seconds += message.heardSeconds;
      options.onProgress?.(seconds);
    } else answers[message.stream] = message.answers;
  };
  const url = new URL('listen-worker.js', import.meta.url);
  const threads = Math.min(options.threads, task.plans.length);
  const workers = Array.from({ length: threads }, () => new Worker(url, { workerData }));
  try {
    await Promise.all(
      workers.map(
        (worker) =>
          new Promise<void>((resolve, reject) => {
            worker.on('message', receive);
            worker.on('error', reject);
            worker.on('exit', (code) =>
              code === 0 ? resolve() : reject(new DetectionError(`a listening thread ended with code ${code}`)),
            );
          }),
      ),
    );
  } finally {
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return answers;
}

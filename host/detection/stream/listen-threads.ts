import type { SamplePackDescriptor } from '../../dataset/index.js';
import { runOnWorkers, sharedCounter } from '../../system/index.js';
import type { StreamPlan } from './plan.js';

/** What the network said to one stream. */
export interface StreamAnswers {
  /** [inference][class] */
  readonly probabilities: Float64Array;
  /** Samples of the stream that had come, [inference]. */
  readonly samples: Float64Array;
}

/** What a thread is given. */
export interface ListenSetup {
  /** Content of a model file or module. */
  readonly model: Uint8Array;
  readonly pack: SamplePackDescriptor;
  readonly noises: readonly Int16Array[];
  readonly plans: readonly StreamPlan[];
  readonly hopMs: number;
  /** The next stream that nobody has taken. */
  readonly next: Int32Array;
}

/** What a thread tells: how many seconds it has heard since it said so last, or what the network said. */
export type ListenMessage =
  | { readonly heardSeconds: number }
  | { readonly stream: number; readonly answers: StreamAnswers };

/**
 * Renders planned streams and runs front end and network over them, on threads; what the network says does not depend
 * on their number.
 */
export async function listenToStreams(
  task: Omit<ListenSetup, 'next'>,
  options: { readonly threads: number; readonly onProgress?: (seconds: number) => void },
): Promise<StreamAnswers[]> {
  const answers: StreamAnswers[] = [];
  let seconds = 0;
  const setup: ListenSetup = { ...task, next: sharedCounter() };
  const threads = Math.min(options.threads, task.plans.length);
  await runOnWorkers<ListenSetup, null, ListenMessage>(
    new URL('listen-worker.js', import.meta.url),
    new Array(threads).fill(setup),
    null,
    (message) => {
      if ('heardSeconds' in message) {
        seconds += message.heardSeconds;
        options.onProgress?.(seconds);
      } else answers[message.stream] = message.answers;
    },
  );
  return answers;
}

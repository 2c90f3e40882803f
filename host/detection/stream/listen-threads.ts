import { runOnWorkers, sharedCounter } from '../../system/index.js';
import type { StreamSounds } from './sounds.js';

/** The network's answers for one stream. */
export interface StreamAnswers {
  /** int32, [inference][class] */
  readonly scores: Int32Array;
  /** Number of samples of the stream up to each inference, [inference]. */
  readonly samples: Float64Array;
}

/** The input of a thread. */
export interface ListenSetup {
  /** Content of a model file or module. */
  readonly model: Uint8Array;
  readonly streams: StreamSounds;
  /** Frames from one inference to the next. */
  readonly hop: number;
  /** The next stream that no thread has taken. */
  readonly next: Int32Array;
}

/** A message of a thread: the seconds processed since its last message, or the network's answers for a stream. */
export type ListenMessage =
  | { readonly heardSeconds: number }
  | { readonly stream: number; readonly answers: StreamAnswers };

/**
 * Renders planned streams and runs the front end and the network over them on threads. The answers do not depend on the
 * number of threads.
 */
export async function listenToStreams(
  task: Omit<ListenSetup, 'next'>,
  options: { readonly threads: number; readonly onProgress?: (seconds: number) => void },
): Promise<StreamAnswers[]> {
  const answers: StreamAnswers[] = [];
  let seconds = 0;
  const setup: ListenSetup = { ...task, next: sharedCounter() };
  const threads = Math.min(options.threads, task.streams.plans.length);
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

import { parentPort, workerData } from 'node:worker_threads';
import { DEFAULT_OPERATING_POINT, StreamDetector } from '../../core/detection/index.js';
import { SamplePack } from '../../dataset/index.js';
import { openKernel } from '../../model/index.js';
import type { ListenMessage, ListenTask } from './listen-threads.js';
import { renderStream } from './render.js';

/** How often a thread says how far it is. */
const SECONDS_PER_MESSAGE = 30;

const { model, pack: descriptor, noises, plans, hopMs, next } = workerData as ListenTask;
const pack = SamplePack.open(descriptor);
const kernel = openKernel(model);
const tell = (message: ListenMessage, transfer: ArrayBuffer[] = []): void => parentPort!.postMessage(message, transfer);

function listen(stream: number): void {
  const rows: Float64Array[] = [];
  const samples: number[] = [];
  // what is decided here is of no use: thresholds are tried on the probabilities afterwards
  const detector = new StreamDetector(kernel, {
    point: { ...DEFAULT_OPERATING_POINT, hopMs, averageMs: 0, minimumCount: 1 },
    onInference: ({ sample, probabilities }) => {
      rows.push(probabilities);
      samples.push(sample);
    },
  });
  let seconds = 0;
  for (const second of renderStream(plans[stream], pack, noises)) {
    detector.push(second);
    if (++seconds % SECONDS_PER_MESSAGE === 0) tell({ heardSeconds: SECONDS_PER_MESSAGE });
  }
  const classes = detector.labels.length;
  const answers = { probabilities: new Float64Array(rows.length * classes), samples: Float64Array.from(samples) };
  rows.forEach((row, k) => {
    answers.probabilities.set(row, k * classes);
  });
  tell({ stream, answers }, [answers.probabilities.buffer, answers.samples.buffer]);
}

for (;;) {
  const stream = Atomics.add(next, 0, 1);
  if (stream >= plans.length) break;
  listen(stream);
}
pack.close();

import { startWorker } from '../start-worker.js';
import type { Collection } from './collection.js';
import { commandOf, datasetOf, digestOf } from './dataset.js';
import type { StoredModel } from './store.js';
import threadUrl from './thread.worker.ts?worker&url';
import type { TrainingReport, TrainingRequest } from './training.worker.js';
import workerUrl from './training.worker.ts?worker&url';

declare const SPIKEWORD_VERSION: string;

/** A training that runs. */
export interface TrainingJob {
  /** Resolves with the model; null if it was cancelled. Rejects with what went wrong. */
  readonly model: Promise<StoredModel | null>;
  /** Ends it at once; nothing of it is left. */
  cancel(): void;
}

/** Begins to train the words of a collection in a worker. */
export function startTraining(
  collection: Collection,
  epochs: number,
  onReport: (report: TrainingReport) => void,
): TrainingJob {
  const { revision, recorded: words } = collection;
  const dataset = datasetOf(collection);
  const worker = startWorker(workerUrl);
  let cancel = (): void => {};
  const model = new Promise<StoredModel | null>((resolve, reject) => {
    cancel = () => resolve(null);
    worker.onerror = (event) => reject(new Error(event.message || 'the training could not be loaded'));
    worker.onmessage = ({ data }: MessageEvent<TrainingReport>) => {
      onReport(data);
      if (data.kind === 'fault') reject(new Error(data.message));
      if (data.kind !== 'done') return;
      const { bytes, facts } = data;
      resolve({ words, bytes, facts, revision, command: commandOf(words, dataset, epochs) });
    };
    void digestOf(dataset).then((digest) => {
      const marked = dataset.mistakes.map((one) => ({ ...one.marked!, samples: one.samples }));
      const request: TrainingRequest = {
        ...{ words, epochs, threadUrl, base: document.baseURI },
        clips: dataset.clips.map(({ word, speaker, samples }) => ({ word, speaker, samples })),
        background: dataset.background.map(({ samples }) => samples),
        mistakes: {
          words: marked
            .filter(({ kind }) => kind === 'miss')
            .map(({ word, samples }) => ({ label: words.indexOf(word), samples })),
          falseAccepts: marked.filter(({ kind }) => kind === 'false-accept').map(({ samples }) => samples),
        },
        origin: { spikeword: SPIKEWORD_VERSION, digest },
      };
      worker.postMessage(request);
    }, reject);
  }).finally(() => worker.terminate());
  return { model, cancel: () => cancel() };
}

// A thread of `listenToStreams`.
import { DEFAULT_OPERATING_POINT, StreamDetector } from '../../core/detection/index.js';
import { openKernel } from '../../model/index.js';
import { serveJobs, takePieces } from '../../system/index.js';
import type { ListenMessage, ListenSetup, StreamAnswers } from './listen-threads.js';
import { openSounds } from './sounds.js';

/** Seconds of a stream between two progress messages of a thread. */
const SECONDS_PER_MESSAGE = 30;

serveJobs<ListenSetup, null, ListenMessage>(({ model, streams, hopMs, next }) => {
  const kernel = openKernel(model);
  return (_, tell) => {
    const sounds = openSounds(streams);
    /** Returns the network's answers for a stream. */
    const listen = (stream: number): StreamAnswers => {
      const rows: Float64Array[] = [];
      const samples: number[] = [];
      // the detections are not used: thresholds are tried on the probabilities later
      const detector = new StreamDetector(kernel, {
        point: { ...DEFAULT_OPERATING_POINT, hopMs, averageMs: 0, minimumCount: 1 },
        onInference: ({ sample, probabilities }) => {
          rows.push(probabilities);
          samples.push(sample);
        },
      });
      let seconds = 0;
      for (const second of sounds.render(stream)) {
        detector.push(second);
        if (++seconds % SECONDS_PER_MESSAGE === 0) tell({ heardSeconds: SECONDS_PER_MESSAGE });
      }
      const classes = detector.labels.length;
      const probabilities = new Float64Array(rows.length * classes);
      rows.forEach((row, k) => {
        probabilities.set(row, k * classes);
      });
      return { probabilities, samples: Float64Array.from(samples) };
    };
    takePieces(next, streams.plans.length, 1, (stream) => {
      const answers = listen(stream);
      tell({ stream, answers }, [answers.probabilities.buffer as ArrayBuffer, answers.samples.buffer as ArrayBuffer]);
    });
    sounds.close();
  };
});

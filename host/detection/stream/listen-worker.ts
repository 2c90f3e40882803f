// A thread of `listenToStreams`.
import { FRAME_MS } from '../../core/audio/index.js';
import { StreamDetector } from '../../core/detection/index.js';
import { openKernel } from '../../model/index.js';
import { serveJobs, takePieces } from '../../system/index.js';
import type { ListenMessage, ListenSetup, StreamAnswers } from './listen-threads.js';
import { openSounds } from './sounds.js';

/** Seconds of a stream between two progress messages of a thread. */
const SECONDS_PER_MESSAGE = 30;

serveJobs<ListenSetup, null, ListenMessage>(({ model, streams, hop, next }) => {
  const kernel = openKernel(model);
  return (_, tell) => {
    const sounds = openSounds(streams);
    /** Returns the network's answers for a stream. */
    const listen = (stream: number): StreamAnswers => {
      const rows: Int32Array[] = [];
      const samples: number[] = [];
      // the detections are not used: operating points are tried on the scores later
      const detector = new StreamDetector(kernel, {
        point: { hopMs: hop * FRAME_MS, averageMs: 0, minimumCount: 1 },
        onInference: ({ sample, inference }) => {
          rows.push(inference.scores);
          samples.push(sample);
        },
      });
      let seconds = 0;
      for (const second of sounds.render(stream)) {
        detector.push(second);
        if (++seconds % SECONDS_PER_MESSAGE === 0) tell({ heardSeconds: SECONDS_PER_MESSAGE });
      }
      const classes = detector.labels.length;
      const scores = new Int32Array(rows.length * classes);
      rows.forEach((row, k) => {
        scores.set(row, k * classes);
      });
      return { scores, samples: Float64Array.from(samples) };
    };
    takePieces(next, streams.plans.length, 1, (stream) => {
      const answers = listen(stream);
      tell({ stream, answers }, [answers.scores.buffer as ArrayBuffer, answers.samples.buffer as ArrayBuffer]);
    });
    sounds.close();
  };
});

import type { SampleSource } from '../audio/index.js';
import { levelDbfs, SAMPLE_RATE_HZ, samplesOfSeconds } from '../core/audio/index.js';
import type { Detection } from '../core/detection/index.js';

/** One second of silence that follows the end of the sound, so that its last word is detected too. */
const TRAILING_SAMPLES = SAMPLE_RATE_HZ;

/** A microphone that is not muted is never silent for so long: its own noise is more than a bit. */
const MUTED_SECONDS = 3;

/** Turns samples into detections: a `StreamDetector`, or a board. */
export interface Listener {
  push(samples: Int16Array): readonly Detection[] | Promise<readonly Detection[]>;
}

export interface ListenOptions {
  readonly source: SampleSource;
  readonly listener: Listener;
  /** Stops after this much sound; default: at the end of the source. */
  readonly seconds?: number;
  readonly onDetection: (detection: Detection) => void;
  /** Called with a sentence if the source has given nothing but zeros for `MUTED_SECONDS`. */
  readonly onMuted?: (warning: string) => void;
  /** Called for every piece of samples, after its detections. */
  readonly onPiece?: (piece: { readonly levelDbfs: number; readonly samples: number }) => void;
}

export interface ListenSummary {
  readonly source: string;
  /** Number of samples taken from the source. */
  readonly samples: number;
  readonly seconds: number;
  readonly detections: number;
}

/**
 * Sends a source to a listener: all of it followed by a second of silence, or `seconds` of it. Throws what the source
 * and the listener throw.
 */
export async function listen(options: ListenOptions): Promise<ListenSummary> {
  const { source, listener, onDetection, onPiece } = options;
  const wanted = options.seconds === undefined ? Infinity : samplesOfSeconds(options.seconds);
  let samples = 0;
  let detections = 0;
  let zeros = 0;
  const noticeMute = (piece: Int16Array): void => {
    const before = zeros;
    zeros = piece.every((sample) => sample === 0) ? zeros + piece.length : 0;
    const muted = samplesOfSeconds(MUTED_SECONDS);
    if (before < muted && zeros >= muted) {
      options.onMuted?.(`${source.name}: nothing but zeros for ${MUTED_SECONDS} s; is the microphone muted?`);
    }
  };
  const hear = async (piece: Int16Array): Promise<void> => {
    for (const detection of await listener.push(piece)) {
      detections++;
      onDetection(detection);
    }
  };
  try {
    for await (const piece of source) {
      const taken = piece.subarray(0, wanted - samples);
      samples += taken.length;
      noticeMute(taken);
      await hear(taken);
      onPiece?.({ levelDbfs: levelDbfs(taken), samples });
      if (samples >= wanted) break;
    }
    if (samples < wanted) await hear(new Int16Array(TRAILING_SAMPLES));
  } finally {
    source.close();
  }
  return { source: source.name, samples, seconds: samples / SAMPLE_RATE_HZ, detections };
}

/** A word that was heard. */
export interface Detection {
  readonly word: string;
  /** Its average probability, 0 to 1. */
  readonly score: number;
  /** When, in seconds from the beginning of the sound. */
  readonly seconds: number;
}

/** Sound at 16 kHz, mono: int16, or floats of ±1. */
export type Samples = Int16Array | Float32Array;

/** Sound as it arrives: samples, or bytes of 16-bit little-endian samples, cut anywhere, such as `process.stdin`. */
export type SoundStream = AsyncIterable<Samples | Uint8Array> | ReadableStream<Samples | Uint8Array>;

/** Listens to one sound. */
export interface Listener {
  /** All words that the model tells apart; those that begin with `_` are never detected. */
  readonly words: readonly string[];
  /** Hears the next samples, and returns the words that are detected in them. */
  push(samples: Samples): Detection[];
  /** Begins to listen to another sound. */
  reset(): void;
  /** The average probability of each word in the last result, 0 to 1. */
  probabilities(): number[];
  /** Recognises a clip: the first second of the samples. Then call `reset` before `push`. */
  classify(samples: Samples): string;
}

/** Loads the model. Throws for a model that says nothing about detection as soon as it is to listen. */
export function createListener(): Promise<Listener>;

/**
 * Detects words until the sound ends, `signal` aborts, or the loop is left. A MediaStream, such as that of
 * `getUserMedia`, may have any sample rate; browsers want a click of the user before they start it. Its tracks stay
 * open: `stop` them to switch the microphone off.
 */
export function listen(
  sound: MediaStream | SoundStream,
  options?: { readonly signal?: AbortSignal },
): AsyncGenerator<Detection, void, undefined>;

/** Whether this runtime computes what the model's maker computed; if not, `message` names the first stage. */
export function selfTest(): Promise<{ readonly equal: boolean; readonly message: string }>;

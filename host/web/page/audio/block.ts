/** A piece of a microphone's sound on its way from the audio thread to the worker that listens. */
export interface Block {
  /** ±1, mono, at the rate of the audio context. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** Counts the blocks from 0, so that a lost one is noticed. */
  readonly number: number;
  /** When its last sample was recorded, as `Date.now` tells: the one clock that all threads have. */
  readonly at: number;
}

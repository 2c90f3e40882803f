/** The figures of one board with one model, with the firmware that users get. */
export interface BoardRow {
  readonly board: string;
  /** A path from the project's root, or `random PRESET`. */
  readonly model: string;
  /** Flash without the model: code, constants, and initial values of variables. */
  readonly firmwareBytes: number;
  readonly textBytes: number;
  readonly dataBytes: number;
  readonly modelBytes: number;
  /** All of the firmware's RAM, including the stack. */
  readonly ramBytes: number;
  /** The part of it that the kernel uses with this model. */
  readonly kernelRamBytes: number;
  /** The most bytes of stack in use. */
  readonly stackBytes: number;
  /** Means over the clips. */
  readonly instructionsPerInference: number;
  readonly instructionsPerFrame: number;
  readonly synapticOperations: number;
  /** Always on, at the model's hop: front end and inferences, per second of sound. */
  readonly instructionsPerSecondListening: number;
  /** Instructions of an inference per synaptic operation; those of the stem count too. */
  readonly instructionsPerSynapticOperation: number;
  /** Instructions of an inference of the dense build, divided by those of the event-driven build. */
  readonly denseRatio: number;
  /**
   * Instructions divided by those of plain C: for an inference, and for a frame. Null for a network that listens, which
   * that program does not run.
   */
  readonly nativeRatio: number | null;
  readonly nativeFrameRatio: number | null;
}

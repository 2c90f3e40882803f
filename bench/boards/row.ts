/** One board with one model, on the firmware that a person gets. */
export interface BoardRow {
  readonly board: string;
  /** A path from the project's root, or `random PRESET`. */
  readonly model: string;
  /** Flash without model: code and constants, and initial values of variables. */
  readonly firmwareBytes: number;
  readonly textBytes: number;
  readonly dataBytes: number;
  readonly modelBytes: number;
  /** All of the firmware's RAM, the stack included. */
  readonly ramBytes: number;
  /** Of it, what the kernel uses with this model. */
  readonly kernelRamBytes: number;
  /** The most bytes of stack that were in use. */
  readonly stackBytes: number;
  /** Means over the clips. */
  readonly instructionsPerInference: number;
  readonly instructionsPerFrame: number;
  readonly synapticOperations: number;
  /** A whole inference over its synaptic operations, those of the stem included. */
  readonly instructionsPerSynapticOperation: number;
  /** Instructions of an inference of the dense build over those of the event-driven one. */
  readonly denseRatio: number;
  /** Instructions over those of plain C: of an inference, of a frame. */
  readonly nativeRatio: number;
  readonly nativeFrameRatio: number;
}

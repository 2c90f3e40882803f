/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usage: 2, board: 3 } as const;

/**
 * What every error of this project is: the message says which value in which file is wrong and what to do about it.
 * Rooms subclass it (`WavError`, `ModelError`). Anything else that reaches the command line is a fault that the system
 * reports, or a defect.
 */
export class SpikewordError extends Error {
  /** What the process exits with when this error ends a command. */
  readonly exitCode: number = EXIT.failed;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** The command line asks for something that does not exist or does not fit together. */
export class UsageError extends SpikewordError {
  override readonly exitCode = EXIT.usage;
}

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usage: 2, board: 3 } as const;

/**
 * The base of every error of this project: the message says which value in which file is wrong and what to do about it.
 * Any other error that reaches the command line comes from the system, or is a defect.
 */
export class SpikewordError extends Error {
  /** The exit code of a command that this error ends. */
  readonly exitCode: number = EXIT.failed;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A command line or set of options that requests something that does not exist, or whose parts do not fit together. */
export class UsageError extends SpikewordError {
  override readonly exitCode: number = EXIT.usage;
}

/** A recording that cannot be read: the message begins with the file's name and says what is wrong with it. */
export class RecordingError extends SpikewordError {
  constructor(
    /** The name of the file, as given by the caller. */
    readonly file: string,
    /** What is wrong with it, without its name. */
    readonly fault: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${fault}`, options);
  }
}

/**
 * A network that cannot be built, read or quantised: because of its description, its tensors, the parameters of its
 * features, or a bound that cannot be proven.
 */
export class NetworkError extends SpikewordError {}

/** A model file that is damaged, unsupported or inconsistent, or a kernel that refuses it or its input. */
export class ModelError extends SpikewordError {}

/** A detector, a stream or an operating point with invalid settings. */
export class DetectionError extends SpikewordError {}

/** A training run that does not fit the machine or lacks what it needs there, diverged, or had a thread fail. */
export class TrainingError extends SpikewordError {}

/** A serial port that cannot be listed, found or opened, or that has disappeared. */
export class PortError extends SpikewordError {
  override readonly exitCode: number = EXIT.board;
}

/** A port that was open and has disappeared. */
export class PortLostError extends PortError {
  constructor(name: string, reason: string) {
    super(
      `${name}: the connection is gone (${reason}): unplugged, switched off, restarted, or its emulator ended; plug it in and try again`,
    );
  }
}

/** A board that does not answer, refuses a request, or cannot talk to this version of spikeword. */
export class BoardError extends SpikewordError {
  override readonly exitCode: number = EXIT.board;
}

/** The port has something other than a spikeword board, or nothing. */
export class NotABoardError extends BoardError {
  /** `bytes`: how many came while waiting for an answer. */
  constructor(name: string, bytes: number) {
    super(
      bytes === 0
        ? `${name}: nothing answers; is the board switched on, and does it have spikeword's firmware (spikeword board flash-image)?`
        : `${name}: this is not a spikeword board: ${bytes} bytes came, but no answer; wrong port, or other firmware`,
    );
  }
}

/** No answer to a request, however often it was sent. */
export class NoAnswerError extends BoardError {
  constructor(
    message: string,
    /** Bytes that came in the meantime and were not an answer. */
    readonly bytes: number,
  ) {
    super(message);
  }
}

/** The board has restarted since hello and has lost its state. */
export class BoardRestartedError extends BoardError {
  constructor(name: string) {
    super(`${name}: the board restarted in the middle of the work; try again`);
  }
}

/** The board refuses a request. */
export class RefusedError extends BoardError {
  constructor(
    message: string,
    /** One of the protocol's statuses, and its two numbers. */
    readonly status: number,
    readonly detail: number,
    readonly other: number,
  ) {
    super(message);
  }
}

/** Host and board compute different results: the work was done, but its result is bad. */
export class DisagreementError extends SpikewordError {}

/** Exit codes of every command. */
export const EXIT = { done: 0, failed: 1, usage: 2, board: 3 } as const;

/**
 * What every error of this project is: the message says which value in which file is wrong and what to do about it.
 * Anything else that reaches the command line is a fault that the system reports, or a defect.
 */
export class SpikewordError extends Error {
  /** What the process exits with when this error ends a command. */
  readonly exitCode: number = EXIT.failed;

  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A command line, or a set of options, that asks for something that does not exist or does not fit together. */
export class UsageError extends SpikewordError {
  override readonly exitCode: number = EXIT.usage;
}

/** A recording that cannot be read: the message begins with the file's name and says what is wrong with it. */
export class WavError extends SpikewordError {
  constructor(
    /** The name of the file, as given by the caller. */
    readonly file: string,
    fault: string,
    options?: ErrorOptions,
  ) {
    super(`${file}: ${fault}`, options);
  }
}

/**
 * A network that cannot be built, read or put into integers: its description, its tensors, the parameters of its
 * features, or a bound that cannot be proven.
 */
export class NetworkError extends SpikewordError {}

/** A model file that is damaged, unsupported or inconsistent, or a kernel that refuses it or its input. */
export class ModelError extends SpikewordError {}

/** A detector, a stream or an operating point that cannot be as asked. */
export class DetectionError extends SpikewordError {}

/** A training that does not fit the machine, that diverged, or of which a thread has failed. */
export class TrainingError extends SpikewordError {}

/** A serial port that cannot be listed, found or opened, or that went away. */
export class PortError extends SpikewordError {
  override readonly exitCode: number = EXIT.board;
}

/** A port that was there and went away. */
export class PortLostError extends PortError {
  constructor(name: string, reason: string) {
    super(
      `${name}: the connection is gone (${reason}): unplugged, switched off, or its emulator ended; plug it in and try again`,
    );
  }
}

/** A board that does not answer, refuses, or is not one that this spikeword can talk to. */
export class BoardError extends SpikewordError {
  override readonly exitCode: number = EXIT.board;
}

/** Something other than a spikeword board is at the port, or nothing. */
export class NotABoardError extends BoardError {
  /** `bytes` came while an answer was waited for. */
  constructor(name: string, bytes: number) {
    super(
      bytes === 0
        ? `${name}: nothing answers; is the board switched on, and does it have spikeword's firmware (spikeword board flash-image)?`
        : `${name}: what is there is no spikeword board: ${bytes} bytes came, none of them an answer; wrong port, or other firmware`,
    );
  }
}

/** Nobody answered a request, however often it was sent. */
export class NoAnswerError extends BoardError {
  constructor(
    message: string,
    /** Bytes that came meanwhile without being an answer. */
    readonly bytes: number,
  ) {
    super(message);
  }
}

/** The board has restarted since hello: what it had been told is gone. */
export class BoardRestartedError extends BoardError {
  constructor(name: string) {
    super(`${name}: the board has restarted in the middle of the work; try again`);
  }
}

/** The board refuses a request. */
export class RefusedError extends BoardError {
  constructor(
    message: string,
    /** One of the protocol's statuses, and the two numbers that belong to it. */
    readonly status: number,
    readonly detail: number,
    readonly other: number,
  ) {
    super(message);
  }
}

/** Host and board do not compute the same: the work was done, its result is bad. */
export class DisagreementError extends SpikewordError {}

import { BoardError, PortError } from '../error.js';

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

/** The board has started anew since hello: what it had been told is gone. */
export class BoardRestartedError extends BoardError {
  constructor(name: string) {
    super(`${name}: the board has restarted in the middle of the work; try again`);
  }
}

/** The board refuses a request. */
export class RefusedError extends BoardError {
  constructor(
    message: string,
    readonly status: number,
    readonly detail: number,
    readonly other: number,
  ) {
    super(message);
  }
}

/** The port went away. */
export class PortLostError extends PortError {
  constructor(name: string, reason: string) {
    super(
      `${name}: the connection is gone (${reason}): unplugged, switched off, or its emulator ended; plug it in and try again`,
    );
  }
}

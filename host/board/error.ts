import { EXIT, SpikewordError } from '../error.js';

/** A serial port that cannot be listed, found or opened, or that went away. */
export class PortError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

/** A board that does not answer, refuses, or is not one that this spikeword can talk to. */
export class BoardError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

/** Something else than a spikeword board is at the port, or nothing. */
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

/** Host and board do not compute the same: the work was done, its result is bad. */
export class DisagreementError extends SpikewordError {}

import { EXIT, SpikewordError } from '../error.js';

/** A serial port that cannot be listed, found or opened, or that went away. */
export class PortError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

/** A board that does not answer, refuses, or is not one that this spikeword can talk to. */
export class BoardError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

import { EXIT, SpikewordError } from '../../error.js';

/** The text of wasm2c's translation that has to be edited was not found, or it uses what boards do not have. */
export class TranslationError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

/** A program that builds or emulates firmware is not installed. */
export class ToolError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

/** A compiler refused firmware, or what it made does not fit the board. */
export class FirmwareError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

/** The emulator could not be started, or ended by itself. */
export class EmulatorError extends SpikewordError {
  override readonly exitCode = EXIT.board;
}

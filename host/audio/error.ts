import { SpikewordError } from '../error.js';

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

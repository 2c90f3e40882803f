import { SpikewordError } from '../../error.js';

/** The training engine does not fit this machine, or one of its threads has failed. */
export class EngineError extends SpikewordError {}

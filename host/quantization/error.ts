import { SpikewordError } from '../error.js';

/** A network that cannot be put into integers, or integers that cannot be proven safe. */
export class QuantizationError extends SpikewordError {}

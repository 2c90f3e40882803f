import { SpikewordError } from '../error.js';

/** A detector, a stream or an operating point that cannot be as asked. */
export class DetectionError extends SpikewordError {}

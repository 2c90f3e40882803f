import { SpikewordError } from '../error.js';

/** A kernel that is not one, or a model or input that it refuses. */
export class KernelError extends SpikewordError {}

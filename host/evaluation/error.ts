import { SpikewordError } from '../error.js';

/** A model, recordings and a split that cannot be evaluated together. */
export class EvaluationError extends SpikewordError {}

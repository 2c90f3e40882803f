import { SpikewordError } from '../error.js';

/** A model file that is damaged, unsupported or inconsistent; the message says which file, where, and what. */
export class ModelError extends SpikewordError {}

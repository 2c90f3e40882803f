import { SpikewordError } from '../error.js';

/** The page cannot be served. */
export class WebError extends SpikewordError {}

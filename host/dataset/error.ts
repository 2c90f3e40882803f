import { SpikewordError } from '../error.js';

/** A dataset that cannot be used as asked: the message names the folder or file, and what is wrong with it. */
export class DatasetError extends SpikewordError {}

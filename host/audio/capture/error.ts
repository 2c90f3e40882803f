import { SpikewordError } from '../../error.js';

/** Sound that cannot be captured: no microphone, a busy one, a recorder that ended, a wrong sample rate. */
export class CaptureError extends SpikewordError {}

import { EXIT, SpikewordError, UsageError } from '../core/error.js';

/** A file that cannot be written: no permission, no space, or a folder in its place. */
export class WriteError extends SpikewordError {}

/** Sound that cannot be captured: a missing or busy microphone, a recorder that ended, or a wrong sample rate. */
export class CaptureError extends SpikewordError {}

/** A folder of recordings that cannot be read, fetched, split or used for a task. */
export class DatasetError extends SpikewordError {}

/** A training that cannot be run as described. */
export class TrainingConfigError extends UsageError {}

/** A run folder that cannot be created, continued or read. */
export class RunError extends SpikewordError {}

/** A model that cannot be evaluated on these recordings. */
export class EvaluationError extends SpikewordError {}

/** A program that builds, installs or emulates firmware is missing, failed, or ended. */
export class ToolError extends SpikewordError {
  override readonly exitCode: number = EXIT.board;
}

/** The page cannot be served. */
export class WebError extends SpikewordError {}

/** A service cannot listen at its address. */
export class ServeError extends SpikewordError {}

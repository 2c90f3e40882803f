export { evaluateStreams, type StreamEvaluationOptions, type StreamReport } from './evaluate.js';
export { TOLERANCE_MS } from './match.js';
export type { StreamSource } from './prepare.js';
export type { CurvePoint, StreamOutcome } from './score.js';
export { streamText } from './text.js';
export { type TuneOptions, type TuneResult, tuneModel } from './tune.js';

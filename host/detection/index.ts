export { type KeptEvent, SoundKeeper } from './keep.js';
export { type Listener, type ListenOptions, type ListenSummary, listen } from './listen.js';
export { detectionText, ListenView } from './listen-view.js';
export { type AmbientReport, evaluateAmbient } from './stream/ambient-evaluate.js';
export type { AmbientOutcome } from './stream/ambient-score.js';
export { ambientTable, ambientText } from './stream/ambient-text.js';
export { evaluateStreams, type StreamReport } from './stream/evaluate.js';
export { type MineResult, mineAmbient } from './stream/mine.js';
export { figureLines, hoursText, streamText } from './stream/text.js';
export { type TuneResult, tuneModel } from './stream/tune.js';
export {
  comparisonPoint,
  figuresOnStreams,
  missRateOnStreams,
  prepareValidationStreams,
  type StreamFigures,
  type ValidationStreams,
} from './stream/validation-streams.js';

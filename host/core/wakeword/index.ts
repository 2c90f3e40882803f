export {
  COUNTER_KINDS,
  COUNTER_SPLITS,
  type CounterExamples,
  type CounterKind,
  type CounterSplit,
  decodeCounterExamples,
  encodeCounterExamples,
  type PlacedWord,
  type Stretches,
  scaledFor,
} from './counter-examples.js';
export {
  type FromRecordingsOptions,
  makeFromRecordings,
  type Origin,
  type OwnRecording,
  type SortedRecordings,
  sortRecordings,
  type WakeWordSounds,
  wakeWordName,
} from './from-recordings.js';
export { heldOutOf, type Spoken } from './held-out.js';
export { makeWakeWord, type WakeWord, type WakeWordOptions } from './make.js';
export { trainWakeWord, WAKE_WORD_EPOCHS, WAKE_WORD_WINDOWS, type WakeWordSetting } from './train.js';
export { tuneWakeWord, WAKE_WORD_RATE, type WakeWordOutcome } from './tune.js';
export { type WakeWordClip, WindowMaker } from './windows.js';

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
export { makeWakeWord, type WakeWord, type WakeWordOptions } from './make.js';
export { trainWakeWord, WAKE_WORD_EPOCHS, WAKE_WORD_WINDOWS, type WakeWordSetting } from './train.js';
export { tuneWakeWord, WAKE_WORD_RATE, type WakeWordOutcome } from './tune.js';
export { type WakeWordClip, WindowMaker } from './windows.js';

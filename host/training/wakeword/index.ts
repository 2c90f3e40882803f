export {
  trainWakeWords,
  type WakeWordResult,
  type WakeWordTraining,
  wakeWordName,
  wakeWordTools,
  wakeWordTrunk,
} from './train.js';

export {
  trainWakeWords,
  type WakeWordResult,
  type WakeWordTraining,
  wakeWordTools,
  wakeWordTrunk,
} from './train.js';

export { saveClip } from './clip-file.js';
export {
  ownSpeakerId,
  type RecordingDialogue,
  type RecordingOptions,
  type RecordingResult,
  recordWord,
} from './session.js';
export { type CheckedTake, checkTake } from './take.js';

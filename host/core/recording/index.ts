export { recordingKind } from './kind.js';
export { decodeRecording, type Recording, UnsupportedRecordingError } from './decode.js';

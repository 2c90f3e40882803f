export { decodeRecording, mixDown, type Recording, UnsupportedRecordingError } from './decode.js';
export { recordingKind } from './kind.js';

export { PIECE_BYTES } from './compressed.js';
export {
  decodePieces,
  decodeRecording,
  joinPieces,
  mixDown,
  type Recording,
  UnsupportedRecordingError,
} from './decode.js';
export { type CompressedKind, recordingKind } from './kind.js';

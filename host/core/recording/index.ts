export { PIECE_BYTES } from './compressed.js';
export {
  decodePieces,
  decodeRecording,
  joinPieces,
  mixDown,
  type Recording,
  UnsupportedRecordingError,
} from './decode.js';
export { recordingKind } from './kind.js';
export {
  type ByteSource,
  decodeWavStream,
  type OpenRecording,
  openDecoder,
  openInMemory,
  openInPieces,
} from './open.js';

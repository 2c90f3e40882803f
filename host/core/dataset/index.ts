export { KEPT_KINDS, type KeptSound, parseKeptSound, type Review, VERDICTS, type Verdict } from './kept-sound.js';
export {
  BACKGROUND_NOISE,
  byPath,
  clipPath,
  datasetText,
  type ListedFile,
  SILENCE,
  SPLITS,
  type Split,
  splitOfDigest,
  UNKNOWN,
  wordFault,
} from './layout.js';

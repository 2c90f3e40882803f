import type { AugmentationSettings, LiveSettings } from '../../host/core/training/index.js';

export const NO_AUGMENTATION: AugmentationSettings = {
  shiftMs: 0,
  gainDb: 0,
  noise: 0,
  snrDb: [0, 0],
  masks: 0,
  maskFrames: 0,
  maskCoefficients: 0,
};

/** Windows of a stream in which the word is whole, anywhere, and not changed otherwise. */
export const PLAIN_WINDOWS: LiveSettings = {
  wordInside: 1,
  pieceInside: [0.15, 0.4],
  pieces: 0,
  joined: 0,
  neighbour: 0,
  silenceDb: [-70, -10],
  ambientSpeech: 0,
  ambientWords: 0,
  ambientSilence: 0,
  ambientNoise: 0,
  rooms: 0,
  bandLimit: 0,
  reversed: 0,
};

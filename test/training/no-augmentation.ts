import type { AugmentationSettings } from '../../host/core/training/index.js';

export const NO_AUGMENTATION: AugmentationSettings = {
  shiftMs: 0,
  gainDb: 0,
  noise: 0,
  snrDb: [0, 0],
  masks: 0,
  maskFrames: 0,
  maskCoefficients: 0,
};

export { AugmentedPictures, type PictureSettings } from './augment.js';
export {
  evidenceOfPictures,
  openPictures,
  type PictureFolder,
  type Pictures,
  PLAIN_FEATURES,
  somePictures,
} from './records.js';
export { COLOURS, PICTURE_TASKS, pictureTask, SIDE } from './tasks.js';

export { type BisectReport, bisectClip, bisectText } from './bisect.js';
export type { ConnectedBoard } from './connected-board.js';
export { flashModel, flashText, rollBack } from './flash-model.js';
export { isRunning, runningSlot } from './running-slot.js';
export { compareFeatures, compareNetwork, type StageComparison } from './stages.js';
export { isBoardVendor } from './vendors.js';

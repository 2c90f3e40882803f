export { type BisectReport, bisectClip, bisectText } from './bisect.js';
export { BoardListener } from './board-listener.js';
export type { ConnectedBoard } from './connected-board.js';
export { flashModel, flashText, rollBack } from './flash-model.js';
export { isRunning, runningSlot } from './running-slot.js';
export { compareFeatures, compareNetwork, type StageComparison } from './stages.js';
export { StreamLoad } from './stream-load.js';
export { BOARD_VENDOR_IDS, boardVendor, isBoardVendor } from './vendors.js';

// The part of this room that needs nothing but the language and timers, for what also runs in a browser: whoever uses it
// brings a `ByteStream`.

export type { Stage } from '../stage.js';
export { BoardError, NotABoardError, PortError } from './error.js';
export { crcText, type FlashReport, flashModel } from './flash-model.js';
export type { ConnectedBoard } from './open-board.js';
export * from './protocol/index.js';
export { isRunning, runningSlot } from './running-slot.js';

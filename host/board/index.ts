export { type BisectReport, bisectClip, bisectText } from './bisect.js';
export { BoardListener, type BoardListenerOptions } from './board-listener.js';
export type { Disagreement, Sent } from './board-runner.js';
export { type ClipFileSamples, readClip } from './clip-file.js';
export { type BoardDescription, boardText, describeBoard } from './describe-board.js';
export { BoardError, DisagreementError, NotABoardError, PortError } from './error.js';
export {
  type BoardEvaluation,
  type BoardEvaluationOptions,
  type BoardEvaluationReport,
  evaluateOnBoard,
} from './evaluate-board.js';
export { boardEvaluationText, disagreementText } from './evaluation-text.js';
export * from './firmware/index.js';
export { crcText, type FlashReport, flashModel, flashText, rollBack } from './flash-model.js';
export { modelToCompare, readInstalledModel, runningModel } from './installed-model.js';
export {
  type BoardListenOptions,
  type BoardListenSummary,
  behindText,
  boardListenText,
  listenOnBoard,
} from './listen-on-board.js';
export { type BoardEvent, monitorBoard } from './monitor.js';
export { type ConnectedBoard, type OpenBoardOptions, openBoard, withBoard } from './open-board.js';
export { listPorts, type PortDescription } from './ports.js';
export { type BoardProfile, type LayerProfile, profileClip, profileText } from './profile.js';
export * from './protocol/index.js';
export { isRunning, runningSlot } from './running-slot.js';
export type { Difference, StageComparison } from './stages.js';
export { StreamLoad } from './stream-load.js';

// The public interface: `spikeword/device`, for programs that talk to a board over a serial port.
export { bisectClip, type ConnectedBoard, flashModel, rollBack } from '../core/board/index.js';
export { BoardError, PortError, RefusedError } from '../core/error.js';
export { evaluateOnBoard } from './evaluate-board.js';
export { openBoard } from './open-board.js';
export { listPorts } from './ports.js';

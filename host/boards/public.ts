// The public interface: `spikeword/boards`, for programs that build firmware and emulate boards.
export { ToolError } from '../system/error.js';
export { type Board, boards, findBoard } from './boards.js';
export { buildFirmware } from './build.js';
export { emulate } from './emulate.js';

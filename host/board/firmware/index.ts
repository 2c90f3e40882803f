export { type Board, boards, type Emulation, findBoard, type Installation } from './boards.js';
export { applicationSources, type BuildOptions, buildFirmware, type Firmware } from './build.js';
export { type EmulateOptions, type Emulator, emulate, prepareFlashFile } from './emulate.js';
export { EmulatorError, FirmwareError, ToolError, TranslationError } from './error.js';
export { firmwarePath, type KernelSource, kernelSource } from './kernel-source.js';
export { rewriteTranslation, type Translation } from './rewrite-c.js';
export { missingTools, type Tool } from './tools.js';

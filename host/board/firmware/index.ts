export { EmulatorError, FirmwareError, ToolError, TranslationError } from './error.js';
export { firmwarePath, type KernelSource, kernelSource } from './kernel-source.js';
export { rewriteTranslation, type Translation } from './rewrite-c.js';
export { missingTools, type Tool } from './tools.js';

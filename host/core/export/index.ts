export { type DecodedModel, detecting } from './detecting.js';
export { type ExportedFiles, exportFiles, zipped, zippedFolder } from './export-files.js';
export { type ExportedModel, exportedModel, identifier } from './exported-model.js';
export type { ExportKernel, ExportParts } from './parts.js';
export { type Files, type Target, targets } from './targets.js';

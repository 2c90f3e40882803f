export type { ExportedModel } from './c-model.js';
export { exportedModel, exportModels, type WrittenExport } from './export-model.js';
export { type Target, targets } from './targets.js';

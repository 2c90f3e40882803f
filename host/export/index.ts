export { exportModels, type WrittenExport } from './export-models.js';
export { type ExportedModel, exportedModel } from './exported-model.js';
export { type Target, targets } from './targets.js';

export { exportedModel, exportModels, type WrittenExport } from './export-models.js';
export { exportTexts } from './parts.js';

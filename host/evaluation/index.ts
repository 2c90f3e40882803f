export { type Activity, type ActivityTotals, activity } from './activity.js';
export { classReports, confusionMatrix } from './confusion.js';
export { renderReport } from './page/index.js';
export { type ClipPortrait, layerRaster, type Raster } from './portrait.js';
export { type ClassReport, type EvaluationReport, type LayerReport, MISTAKES_KEPT, type Mistake } from './report.js';
export { renderText } from './text.js';
export { wilsonInterval } from './wilson.js';

export { type Activity, type ActivityTotals, activity } from './activity.js';
export { type ChosenClip, namedClips, representativeClips } from './choose-clips.js';
export { classReports, confusionMatrix } from './confusion.js';
export { EvaluationError } from './error.js';
export { type ClipRunner, type Evaluation, type EvaluationOptions, evaluateModel } from './evaluate.js';
export { type FloatNetwork, floatNetworkOf } from './float-network.js';
export { agreementOf, floatPredictions } from './float-predictions.js';
export { mistakenClips, type Outcomes, worstMistakes } from './outcome.js';
export { renderReport } from './page/index.js';
export { encodeGreyPng } from './page/png.js';
export { type ClipPortrait, layerRaster, type Raster } from './portrait.js';
export {
  comparePredictions,
  type QuantizationOptions,
  type QuantizationReport,
  type QuantizationSource,
  type QuantizedLayerReport,
  quantizationSource,
  quantizeAndCompare,
  type ValidationComparison,
} from './quantization-report.js';
export { quantizationText } from './quantization-text.js';
export { type ClassReport, type EvaluationReport, type LayerReport, MISTAKES_KEPT, type Mistake } from './report.js';
export { renderText, type TextRow } from './text.js';
export { wilsonInterval } from './wilson.js';

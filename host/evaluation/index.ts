export { activity } from './activity.js';
export { namedClips, representativeClips } from './choose-clips.js';
export { classReports, confusionMatrix } from './confusion.js';
export { chooseEarlyDecision, type EarlyResult } from './early.js';
export { earlyLines, kernelActivity } from './early-report.js';
export { type ClipRunner, type Evaluation, type EvaluationOptions, evaluateModel } from './evaluate.js';
export { agreementOf, floatPredictions } from './float-predictions.js';
export { type Outcomes, worstMistakes } from './outcome.js';
export { encodeGreyPng } from './page/png.js';
export { renderReport } from './page/render-report.js';
export { type ClipPortrait, layerRaster } from './portrait.js';
export {
  comparePredictions,
  type QuantizationReport,
  quantizeRun,
} from './quantization-report.js';
export { quantizationText } from './quantization-text.js';
export type { EvaluationReport } from './report.js';
export { type SplitClips, type SplitOptions, withSplit } from './split-clips.js';
export { renderText, type TextRow } from './text.js';

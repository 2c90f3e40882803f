export { ABLATION_FILES, type AblationOptions, runAblation } from './ablation.js';
export { type Cell, cellsOf } from './cells.js';
export { Chart, pictureOf } from './chart.js';
export {
  type Disturbance,
  disturb,
  measureRobustness,
  ROBUSTNESS_DEFAULTS,
  type RobustnessReport,
  robustnessText,
} from './robustness.js';
export { ABLATION_DEFAULTS, type AblationSettings } from './settings.js';
export { type AblationReport, ablationText } from './table.js';

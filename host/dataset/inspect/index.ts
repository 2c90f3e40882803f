export { type Inspection, inspectDataset, type RecordingFacts } from './inspect.js';
export { type Problem, problemsOf } from './problems.js';
export { renderProblems } from './render.js';

export { type Evidence, evidenceWarnings } from './evidence.js';
export { type Interval, rateInterval } from './poisson.js';
export { areFew, clipsOfSplitText, fewVoicesWarning, type Voices, voicesOf, voicesText } from './voices.js';
export { wilsonInterval } from './wilson.js';

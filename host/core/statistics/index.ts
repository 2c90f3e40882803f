export { type Interval, rateInterval } from './poisson.js';
export { areFew, fewVoicesWarning, type Voices, voicesOf, voicesText } from './voices.js';
export { wilsonInterval } from './wilson.js';

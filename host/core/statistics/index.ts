export { type Interval, rateInterval } from './poisson.js';
export { wilsonInterval } from './wilson.js';

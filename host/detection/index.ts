export * from './portable.js';
export * from './stream/index.js';

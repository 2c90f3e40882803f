/** The library: everything the commands do can be called. */
export * from './audio/index.js';
export * from './board/index.js';
export * from './dataset/index.js';
export * from './demo/index.js';
export * from './detection/index.js';
export * from './error.js';
export * from './evaluation/index.js';
export * from './experiment/index.js';
export * from './features/index.js';
export * from './kernel/index.js';
export * from './model/index.js';
export * from './network/index.js';
export * from './quantization/index.js';
export * from './training/index.js';
export * from './web/index.js';

export * from './quantized-network.js';

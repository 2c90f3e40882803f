/** The library: everything the commands do. */
export * from './error.js';

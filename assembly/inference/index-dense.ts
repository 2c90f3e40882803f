// The same kernel with dense convolutions, to compare speed and to check every spike a second time.

/** run.ts checks only whether this exists. */
@global
class DenseBuild {}

export * from './index';

// The same kernel with dense convolutions: to compare speed, and to check every spike a second time.

/** That it exists is what run.ts asks for. */
@global
class DenseBuild {}

export * from './index';

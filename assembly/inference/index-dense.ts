// The same kernel with dense convolutions: to compare speed, and to check every spike a second time.
// @ts-ignore: decorator
@global const DENSE_BUILD: bool = true;

export * from './index';

// The firmware as a process on this computer, for tests that need a board but no emulator.
export { buildNative, type NativeBuild, nativeSkip } from './build.js';
export { patched } from './patch.js';
export { type Cut, type NativeBoard, type NativeOptions, startNative } from './start.js';
export { streamOf } from './stream.js';

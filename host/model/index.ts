export { crc32 } from './crc32.js';
export { decodeModel } from './decode.js';
export { embedModel, extractModel, isWasm } from './embed.js';
export { encodeModel } from './encode.js';
export { ModelError } from './error.js';
export { modelPath } from './model-path.js';
export { type ModelFile, openModel, readContent, readModel } from './read.js';

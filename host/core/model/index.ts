export { apartModule, withBytePages } from './apart.js';
export { crc32 } from './crc32.js';
export { decodeModel } from './decode.js';
export { embedModel, extractModel } from './embed.js';
export { encodeModel, thresholdRows } from './encode.js';
export { alignedTo16, paddedChannels } from './layout.js';
export { type PortableModule, portableModule } from './portable.js';
export { isWasm } from './wasm-binary.js';

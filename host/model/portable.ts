// The part of this room that needs nothing but the language, for what also runs in a browser.
export { crc32 } from './crc32.js';
export { decodeModel } from './decode.js';
export { encodeModel } from './encode.js';
export { ModelError } from './error.js';

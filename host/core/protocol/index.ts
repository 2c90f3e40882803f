export type { ByteStream } from './byte-stream.js';
export { BoardClient } from './client.js';
export type { BoardInference } from './clip-messages.js';
export { type CountUnit, type Hello, SLOT_STATE, type Slot } from './hello.js';
export type { Packet } from './packet.js';
export { slotStateName } from './refusal-text.js';
export { BAUD_RATE, EVENT, INSPECT, KIND, type Patience, patienceFor, STATUS } from './vocabulary.js';

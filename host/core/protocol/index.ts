export type { ByteStream } from './byte-stream.js';
export { BoardClient } from './client.js';
export type { BoardInference } from './clip-messages.js';
export { BAUD_RATE, EVENT, INSPECT, INSPECT_BYTES, KIND, type Patience, SLOT_STATE, STATUS } from './generated.js';
export type { CountUnit, Hello, Slot } from './hello.js';
export { type BoardHearing, decodeDetected } from './listen-messages.js';
export type { Packet } from './packet.js';
export { patienceFor } from './patience.js';
export { slotStateName } from './refusal-text.js';

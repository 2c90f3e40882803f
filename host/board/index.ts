export { BoardError, PortError } from './error.js';
export { listPorts, type PortDescription } from './ports.js';

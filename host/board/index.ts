export { listPorts, type PortDescription, PortError } from './ports.js';

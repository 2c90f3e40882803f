export { DEFAULT_URI, parseAddress, type ServerNotes, serveWyoming, type WyomingServer } from './server.js';
export { boardService, hostService } from './service.js';

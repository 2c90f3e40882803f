export { WebError } from './error.js';
export { DEFAULT_PORT, serveWeb, type WebOptions, type WebServer } from './server.js';

export { PAGE_POLICY } from './content-security-policy.js';
export { DEFAULT_PORT, serveWeb, type WebServer } from './server.js';

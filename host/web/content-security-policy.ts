/**
 * What the page may do: run its own code and WebAssembly, and fetch its own files from the server it came from.
 * Everything else is forbidden, so no sound can leave the machine. The policy in the page's head covers all of its
 * code: the only worker runs on the audio thread, which has no network.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The same policy as an HTTP header, which can also forbid other pages to show this one in a frame. */
export const HEADER_POLICY = `${PAGE_POLICY}; frame-ancestors 'none'`;

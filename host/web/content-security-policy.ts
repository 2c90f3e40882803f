/**
 * What the page may do: run its own code and WebAssembly, and fetch its own files from the server it came from.
 * Everything else is forbidden, so no sound can leave the machine. The policy in the page's head covers all of its
 * code: workers begin with a script of the page (`blob:`), which gives them its policy, and the one on the audio thread
 * has no network.
 */
export const PAGE_POLICY = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "worker-src 'self' blob:",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/** The same policy as an HTTP header, which can also forbid other pages to show this one in a frame. */
export const HEADER_POLICY = `${PAGE_POLICY}; frame-ancestors 'none'`;

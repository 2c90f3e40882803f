/**
 * What the page may do: run its own code and WebAssembly, and ask the place it came from for its own files. Nothing
 * else, so that no sound can leave the machine. The page is one context (no worker runs beside it, except the one on
 * the audio thread, which has no network), so the policy in its head holds for everything in it.
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

/** The same as a header, where it may also say who can show the page in a frame. */
export const HEADER_POLICY = `${PAGE_POLICY}; frame-ancestors 'none'`;

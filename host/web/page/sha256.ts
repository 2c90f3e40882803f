/** Returns the SHA-256 of bytes, 64 hexadecimal digits; null where the browser computes none, over plain http. */
export async function sha256(bytes: Uint8Array): Promise<string | null> {
  if (!window.isSecureContext) return null;
  const digest = await crypto.subtle.digest('SHA-256', Uint8Array.from(bytes));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

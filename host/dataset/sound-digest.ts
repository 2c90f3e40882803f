import { createHash } from 'node:crypto';
import { bytesOf } from '../core/bytes.js';

/** Returns a digest of samples: equal for equal sound, whatever file it comes from. */
export function soundDigest(samples: Int16Array): string {
  return createHash('sha256').update(bytesOf(samples)).digest('hex');
}

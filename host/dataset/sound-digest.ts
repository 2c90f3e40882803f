import { createHash } from 'node:crypto';
import { bytesOf } from '../core/bytes.js';

/** Computes the digest of a sound whose samples come in pieces. */
export class SoundDigester {
  private readonly hash = createHash('sha256');

  take(samples: Int16Array): void {
    this.hash.update(bytesOf(samples));
  }

  digest(): string {
    return this.hash.digest('hex');
  }
}

/** Returns a digest of samples: equal for equal sound, whatever file it comes from. */
export function soundDigest(samples: Int16Array): string {
  const digester = new SoundDigester();
  digester.take(samples);
  return digester.digest();
}

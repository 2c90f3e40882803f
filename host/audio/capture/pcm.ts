import type { Readable } from 'node:stream';
import { fileKind } from '../../core/file-kind.js';
import { CaptureError } from '../../system/index.js';

const EXPECTED = 'expected 16-bit little-endian PCM, mono, at 16 kHz';

/**
 * Samples of a byte stream of raw PCM: int16 little-endian, mono, 16 kHz, in pieces as they come. A sample whose two
 * bytes come apart stays whole. Throws `CaptureError` where the stream breaks, ends within a sample and may not, or is
 * a WAV file: its samples may have any rate and format.
 */
export async function* pcmSamples(stream: Readable, name: string, mayBreakOff = false): AsyncGenerator<Int16Array> {
  let odd: number | null = null;
  let begun = false;
  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      if (!begun && fileKind(chunk) === 'recording') {
        throw new CaptureError(`${name}: a WAV file, ${EXPECTED} (listen to a file with --wav)`);
      }
      begun = true;
      const bytes: Buffer = odd === null ? chunk : Buffer.concat([Uint8Array.of(odd), chunk]);
      const count = bytes.length >> 1;
      odd = bytes.length % 2 === 1 ? bytes[bytes.length - 1] : null;
      const samples = new Int16Array(count);
      for (let k = 0; k < count; k++) samples[k] = bytes.readInt16LE(2 * k);
      if (count > 0) yield samples;
    }
  } catch (cause) {
    if (cause instanceof CaptureError) throw cause;
    throw new CaptureError(`${name}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (odd !== null && !mayBreakOff) {
    throw new CaptureError(`${name}: ends within a sample; ${EXPECTED}`);
  }
}

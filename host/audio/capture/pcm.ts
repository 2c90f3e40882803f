import { concatenated } from '../../core/bytes.js';
import { fileKind } from '../../core/file-kind.js';
import { CaptureError } from '../../system/index.js';

const EXPECTED = 'expected 16-bit little-endian PCM, mono, at 16 kHz';

/**
 * Yields the samples of a byte stream of raw PCM (int16 little-endian, mono, 16 kHz), in pieces as they arrive. A
 * sample whose two bytes arrive separately is put together. Throws `CaptureError` if the stream fails, if it ends
 * within a sample without `mayBreakOff`, or if it is a recording with a header, whose samples may have any rate and
 * format.
 *
 * @param name the name of the stream in error messages
 */
export async function* pcmSamples(
  stream: AsyncIterable<Uint8Array>,
  name: string,
  mayBreakOff = false,
): AsyncGenerator<Int16Array> {
  let odd: number | null = null;
  let begun = false;
  try {
    for await (const chunk of stream) {
      if (!begun && fileKind(chunk) === 'recording') {
        throw new CaptureError(
          `${name}: is a recording with a header, as WAV has, ${EXPECTED} (listen to a file with --wav)`,
        );
      }
      begun = true;
      const bytes: Uint8Array = odd === null ? chunk : concatenated([Uint8Array.of(odd), chunk]);
      const count = bytes.length >> 1;
      odd = bytes.length % 2 === 1 ? bytes[bytes.length - 1] : null;
      const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
      const samples = Int16Array.from({ length: count }, (_, k) => view.getInt16(2 * k, true));
      if (count > 0) yield samples;
    }
  } catch (cause) {
    if (cause instanceof CaptureError) throw cause;
    throw new CaptureError(`${name}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  if (odd !== null && !mayBreakOff) {
    throw new CaptureError(`${name}: ends in the middle of a sample (an odd number of bytes); ${EXPECTED}`);
  }
}

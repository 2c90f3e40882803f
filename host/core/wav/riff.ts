import { WavError } from '../error.js';
import { hexText } from '../text/index.js';

/** The layout of a WAV file, after every field of its header has been checked against the bytes that are there. */
export interface WavLayout {
  readonly encoding: 'integer' | 'float';
  readonly channels: number;
  readonly sampleRateHz: number;
  /** 8, 16, 24 or 32. */
  readonly bitsPerSample: number;
  /** The sample data: within the file, a whole number of frames, at least one. */
  readonly dataOffset: number;
  readonly dataBytes: number;
  /** Samples per channel. */
  readonly frames: number;
}

type Format = Pick<WavLayout, 'encoding' | 'channels' | 'sampleRateHz' | 'bitsPerSample'>;

const PCM = 0x0001;
const IEEE_FLOAT = 0x0003;
const EXTENSIBLE = 0xfffe;
/** What to do with a recording in another format. */
const CONVERT = 'convert it to a 16-bit PCM WAV file, for example with sox or ffmpeg';
/** More than any recording has; a header that claims more is damaged. */
const HIGHEST_CHANNELS = 256;
/** The last 14 bytes of every sub-format GUID of WAVE_FORMAT_EXTENSIBLE; the first two are the format tag. */
const SUBFORMAT_TAIL = '000000001000800000aa00389b71';

/**
 * Finds and checks the format and the samples of a WAV file. No size in the header is trusted: it must fit within the
 * bytes, and within the RIFF form around it.
 *
 * @param bytes the whole file
 * @param file its name, for messages
 * @throws WavError on anything that cannot be decoded faithfully
 */
export function checkWav(bytes: Uint8Array, file: string): WavLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const end = checkForm(view, file);
  let format: Format | null = null;
  let offset = 12;
  while (offset + 8 <= end) {
    const id = fourCharacters(view, offset);
    const size = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (size > end - start) {
      throw new WavError(file, `chunk ${name(id)} claims ${size} bytes, but only ${end - start} are left`);
    }
    if (id === 'fmt ') {
      if (format !== null) throw new WavError(file, 'two fmt chunks');
      format = checkFormat(view, start, size, file);
    } else if (id === 'data') {
      if (format === null) throw new WavError(file, 'the data chunk comes before the fmt chunk');
      return { ...format, dataOffset: start, dataBytes: size, frames: countFrames(format, size, file) };
    }
    // Chunks are padded to an even length; the padding is not counted in the size.
    offset = start + size + (size & 1);
  }
  throw new WavError(file, format === null ? 'no fmt chunk' : 'no data chunk');
}

/** Checks the outermost form and returns where it ends. */
function checkForm(view: DataView, file: string): number {
  if (view.byteLength < 12) {
    throw new WavError(file, `${view.byteLength} bytes, too short for a WAV file`);
  }
  const form = fourCharacters(view, 0);
  if (form !== 'RIFF') throw new WavError(file, `begins with ${name(form)}, expected 'RIFF'; ${CONVERT}`);
  const kind = fourCharacters(view, 8);
  if (kind !== 'WAVE') throw new WavError(file, `a RIFF file of the kind ${name(kind)}, expected 'WAVE'`);
  const size = view.getUint32(4, true);
  if (size > view.byteLength - 8) {
    throw new WavError(file, `the header claims ${size + 8} bytes, but the file has ${view.byteLength}`);
  }
  return size + 8;
}

function checkFormat(view: DataView, start: number, size: number, file: string): Format {
  if (size < 16) throw new WavError(file, `fmt chunk of ${size} bytes, expected at least 16`);
  let tag = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const sampleRateHz = view.getUint32(start + 4, true);
  const bytesPerSecond = view.getUint32(start + 8, true);
  const blockAlign = view.getUint16(start + 12, true);
  const bitsPerSample = view.getUint16(start + 14, true);
  if (tag === EXTENSIBLE) tag = checkExtension(view, start, size, bitsPerSample, file);
  if (tag !== PCM && tag !== IEEE_FLOAT) {
    const format = hexText(tag, 4);
    throw new WavError(file, `format ${format}, expected PCM (1) or float (3); ${CONVERT}`);
  }
  if (channels === 0 || channels > HIGHEST_CHANNELS) {
    throw new WavError(file, `${channels} channels, expected 1 to ${HIGHEST_CHANNELS}`);
  }
  if (sampleRateHz === 0) throw new WavError(file, 'a sample rate of 0 Hz');
  const depths = tag === PCM ? [8, 16, 24, 32] : [32];
  if (!depths.includes(bitsPerSample)) {
    const kind = tag === PCM ? 'PCM' : 'float';
    throw new WavError(file, `${bitsPerSample}-bit ${kind}, expected ${depths.join(', ')}`);
  }
  const expected = (channels * bitsPerSample) / 8;
  if (blockAlign !== expected) {
    throw new WavError(
      file,
      `block align ${blockAlign}, expected ${expected} for ${channels} × ${bitsPerSample} bit samples`,
    );
  }
  if (bytesPerSecond !== sampleRateHz * blockAlign) {
    throw new WavError(
      file,
      `${bytesPerSecond} bytes per second, expected ${sampleRateHz * blockAlign} at ${sampleRateHz} Hz`,
    );
  }
  return { encoding: tag === PCM ? 'integer' : 'float', channels, sampleRateHz, bitsPerSample };
}

/** Checks the extension of WAVE_FORMAT_EXTENSIBLE and returns the format tag that it stands for. */
function checkExtension(view: DataView, start: number, size: number, bits: number, file: string): number {
  const extension = size < 18 ? 0 : view.getUint16(start + 16, true);
  if (size < 40 || extension < 22) {
    throw new WavError(file, `extensible format with an extension of ${extension} bytes in a fmt chunk of ${size}`);
  }
  const validBits = view.getUint16(start + 18, true);
  if (validBits === 0 || validBits > bits) {
    throw new WavError(
      file,
      `the header claims ${validBits} valid bits in ${bits}-bit samples, which is not supported`,
    );
  }
  let tail = '';
  for (let k = 26; k < 40; k++)
    tail += view
      .getUint8(start + k)
      .toString(16)
      .padStart(2, '0');
  if (tail !== SUBFORMAT_TAIL) throw new WavError(file, 'extensible format with an unknown sub-format');
  return view.getUint16(start + 24, true);
}

function countFrames(format: Format, dataBytes: number, file: string): number {
  if (dataBytes === 0) throw new WavError(file, 'no samples: the data chunk is empty');
  const frameBytes = (format.channels * format.bitsPerSample) / 8;
  if (dataBytes % frameBytes !== 0) {
    throw new WavError(file, `a data chunk of ${dataBytes} bytes is not a whole number of ${frameBytes}-byte frames`);
  }
  return dataBytes / frameBytes;
}

function fourCharacters(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(offset + k)));
}

/** Four bytes as text for a message. */
function name(id: string): string {
  return `'${id.replace(/[^\x20-\x7e]/g, '?')}'`;
}

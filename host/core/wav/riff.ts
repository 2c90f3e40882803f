import { RecordingError } from '../error.js';
import { hexText } from '../text/index.js';

/** How the samples of a WAV file are stored; integers of one byte are unsigned, around 128. */
export type WavEncoding = 'integer' | 'float' | 'A-law' | 'µ-law';

/** The layout of a WAV file, after its header has been compared with the bytes that are there. */
export interface WavLayout {
  readonly encoding: WavEncoding;
  readonly channels: number;
  readonly sampleRateHz: number;
  /** Bytes of one sample of one channel: 1 to 4, or 8 for floats. Samples of fewer bits use the high ones. */
  readonly sampleBytes: number;
  /** The sample data: within the file, a whole number of frames, at least one. */
  readonly dataOffset: number;
  readonly dataBytes: number;
  /** Samples per channel. */
  readonly frames: number;
}

type Format = Pick<WavLayout, 'encoding' | 'channels' | 'sampleRateHz' | 'sampleBytes'>;

const EXTENSIBLE = 0xfffe;
const ENCODINGS: Readonly<Record<number, WavEncoding>> = { 1: 'integer', 3: 'float', 6: 'A-law', 7: 'µ-law' };
/** What to do with a recording in another format. */
export const CONVERT = 'convert it to a 16-bit PCM WAV file, for example with: ffmpeg -i IN OUT.wav';
/** More than any recording has; a header that claims more is damaged. */
const HIGHEST_CHANNELS = 256;
/** The last 14 bytes of every sub-format GUID of WAVE_FORMAT_EXTENSIBLE; the first two are the format tag. */
const SUBFORMAT_TAIL = '000000001000800000aa00389b71';
/** Programs that write to a pipe cannot come back to write the size, so they leave one of these, or nearly. */
const UNKNOWN_SIZE = 0x7fff0000;
/** Some programs count the header as samples. */
const HEADER_BYTES = 64;
/** Chunks that may follow one of odd size directly, where a careless program has left out the padding. */
const KNOWN_CHUNKS = ['fmt ', 'data', 'LIST', 'fact', 'id3 ', 'PEAK', 'bext'];

/**
 * Finds the format and the samples of a WAV file. Headers are often careless, and only what decides the samples has to
 * be right: kind, channels, sample rate and depth. Byte rate, block align and the size of the RIFF form are not used; a
 * size that a pipe left unknown means "to the end"; half a frame at the end is left out.
 *
 * @param bytes the whole file, or so much of it that its samples begin there
 * @param file its name, for messages
 * @param size bytes of the whole file
 * @throws RecordingError on anything that cannot be decoded faithfully
 */
export function checkWav(bytes: Uint8Array, file: string, size = bytes.length): WavLayout {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  checkForm(view, file);
  const end = view.byteLength;
  let format: Format | null = null;
  let offset = 12;
  while (offset + 8 <= end) {
    const id = fourCharacters(view, offset);
    const chunkBytes = view.getUint32(offset + 4, true);
    const start = offset + 8;
    if (id === 'data') {
      if (format === null) throw new RecordingError(file, `the data chunk comes before the fmt chunk; ${CONVERT}`);
      return { ...format, dataOffset: start, ...takeFrames(format, view, start, chunkBytes, size, file) };
    }
    if (chunkBytes > end - start) {
      throw new RecordingError(
        file,
        `chunk ${name(id)} claims ${chunkBytes} bytes, but only ${end - start} are left; record or download it again`,
      );
    }
    if (id === 'fmt ') {
      if (format !== null) throw new RecordingError(file, `two fmt chunks; ${CONVERT}`);
      format = checkFormat(view, start, chunkBytes, file);
    }
    offset = nextChunk(view, start + chunkBytes);
  }
  throw new RecordingError(file, `${format === null ? 'no fmt chunk' : 'no data chunk'}; record or download it again`);
}

/** Returns where the chunk after one that ends at `end` begins: chunks are padded to an even length. */
function nextChunk(view: DataView, end: number): number {
  if (end % 2 === 0) return end;
  const padded = end + 8 > view.byteLength || !KNOWN_CHUNKS.includes(fourCharacters(view, end));
  return padded ? end + 1 : end;
}

/** Checks the outermost form; its size says nothing that the file does not. */
function checkForm(view: DataView, file: string): void {
  if (view.byteLength < 12) {
    throw new RecordingError(file, `${view.byteLength} bytes, too short for a WAV file; record or download it again`);
  }
  const form = fourCharacters(view, 0);
  // RF64 is RIFF for more than 4 GB; the size of its data is in a chunk of its own, and 0xffffffff in its place.
  if (form !== 'RIFF' && form !== 'RF64') {
    throw new RecordingError(file, `begins with ${name(form)}, expected 'RIFF'; ${CONVERT}`);
  }
  const kind = fourCharacters(view, 8);
  if (kind !== 'WAVE')
    throw new RecordingError(file, `a RIFF file of the kind ${name(kind)}, expected 'WAVE'; ${CONVERT}`);
}

function checkFormat(view: DataView, start: number, size: number, file: string): Format {
  if (size < 16) throw new RecordingError(file, `fmt chunk of ${size} bytes, expected at least 16; ${CONVERT}`);
  let tag = view.getUint16(start, true);
  const channels = view.getUint16(start + 2, true);
  const sampleRateHz = view.getUint32(start + 4, true);
  const blockAlign = view.getUint16(start + 12, true);
  const bits = view.getUint16(start + 14, true);
  if (tag === EXTENSIBLE) tag = checkExtension(view, start, size, bits, file);
  const encoding = ENCODINGS[tag];
  if (encoding === undefined) {
    throw new RecordingError(
      file,
      `format ${hexText(tag, 4)}, expected PCM (1), float (3), A-law (6) or µ-law (7); ${CONVERT}`,
    );
  }
  if (channels === 0 || channels > HIGHEST_CHANNELS) {
    throw new RecordingError(file, `${channels} channels, expected 1 to ${HIGHEST_CHANNELS}; ${CONVERT}`);
  }
  if (sampleRateHz === 0) throw new RecordingError(file, `a sample rate of 0 Hz; ${CONVERT}`);
  const sampleBytes = containerBytes(encoding, bits, blockAlign / channels);
  if (sampleBytes === null) {
    const depths = encoding === 'float' ? '32 or 64' : encoding === 'integer' ? '8 to 32' : '8';
    throw new RecordingError(file, `${bits}-bit ${encoding}, expected ${depths} bits; ${CONVERT}`);
  }
  return { encoding, channels, sampleRateHz, sampleBytes };
}

/**
 * Returns the bytes of a sample, in which its bits are the high ones; null for a depth that does not exist. The depth
 * decides. Only 24 bits may be in 3 or in 4 bytes, which the block align says.
 */
function containerBytes(encoding: WavEncoding, bits: number, aligned: number): number | null {
  if (encoding === 'float') return bits === 32 || bits === 64 ? bits / 8 : null;
  if (encoding !== 'integer') return bits === 8 ? 1 : null;
  if (bits < 8 || bits > 32) return null;
  const bytes = Math.ceil(bits / 8);
  return bytes === 3 && aligned === 4 ? 4 : bytes;
}

/** Checks the extension of WAVE_FORMAT_EXTENSIBLE and returns the format tag that it stands for. */
function checkExtension(view: DataView, start: number, size: number, bits: number, file: string): number {
  const extension = size < 18 ? 0 : view.getUint16(start + 16, true);
  if (size < 40 || extension < 22) {
    throw new RecordingError(
      file,
      `extensible format with an extension of ${extension} bytes in a fmt chunk of ${size}; ${CONVERT}`,
    );
  }
  const validBits = view.getUint16(start + 18, true);
  if (validBits === 0 || validBits > bits) {
    throw new RecordingError(
      file,
      `the header claims ${validBits} valid bits in ${bits}-bit samples, which cannot be; ${CONVERT}`,
    );
  }
  let tail = '';
  for (let k = 26; k < 40; k++)
    tail += view
      .getUint8(start + k)
      .toString(16)
      .padStart(2, '0');
  if (tail !== SUBFORMAT_TAIL)
    throw new RecordingError(file, `extensible format with an unknown sub-format; ${CONVERT}`);
  return view.getUint16(start + 24, true);
}

/** Returns the samples of a data chunk that claims so many bytes: those that are there, in whole frames. */
function takeFrames(
  { channels, sampleBytes }: Format,
  view: DataView,
  start: number,
  claimed: number,
  size: number,
  file: string,
): Pick<WavLayout, 'dataBytes' | 'frames'> {
  const left = size - start;
  const unknown = (claimed >= UNKNOWN_SIZE && claimed > left) || (claimed === 0 && !onlyChunksFollow(view, start));
  if (!unknown && claimed > left + HEADER_BYTES) {
    throw new RecordingError(
      file,
      `the samples are cut off: ${left} of ${claimed} bytes are there; record or download it again, ` +
        'or keep what is there with: ffmpeg -i IN OUT.wav',
    );
  }
  const frameBytes = channels * sampleBytes;
  const frames = Math.floor((unknown ? left : Math.min(claimed, left)) / frameBytes);
  if (frames === 0) throw new RecordingError(file, 'no samples: the data chunk is empty; record it again');
  return { frames, dataBytes: frames * frameBytes };
}

/** Whether the rest of the file is nothing but chunks, so that a data chunk before them is really empty. */
function onlyChunksFollow(view: DataView, start: number): boolean {
  let offset = start;
  while (offset + 8 <= view.byteLength && KNOWN_CHUNKS.includes(fourCharacters(view, offset))) {
    offset = nextChunk(view, offset + 8 + view.getUint32(offset + 4, true));
  }
  return offset >= view.byteLength;
}

function fourCharacters(view: DataView, offset: number): string {
  return String.fromCharCode(...[0, 1, 2, 3].map((k) => view.getUint8(offset + k)));
}

/** Four bytes as text for a message. */
function name(id: string): string {
  return `'${id.replace(/[^\x20-\x7e]/g, '?')}'`;
}

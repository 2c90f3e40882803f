/** The kinds of files that people confuse, and which command reads each. */
const READERS = {
  model: 'a model file, for spikeword evaluate and info',
  module: 'a WebAssembly module',
  checkpoint: 'a checkpoint, for spikeword quantize',
  graph: 'a network in HDF5, for spikeword import',
  recording: 'a recording',
} as const;

export type FileKind = keyof typeof READERS;

/**
 * What a file seems to be, judged by its first bytes; null if they do not tell. The reader of that kind checks the
 * rest.
 */
export function fileKind(bytes: Uint8Array): FileKind | null {
  const start = String.fromCharCode(...bytes.subarray(0, 64));
  if (start.startsWith('SPKW')) return 'model';
  if (start.startsWith('\0asm')) return 'module';
  if (start.startsWith('\x89HDF\r\n\x1a\n')) return 'graph';
  // safetensors: a length of 64 bits, then JSON
  if (start.startsWith('{"', 8)) return 'checkpoint';
  // MP3 without a tag begins with two bytes that raw samples may have too
  return /^(RIFF|RF64|fLaC|OggS|ID3|.{4}ftyp)/s.test(start) ? 'recording' : null;
}

/** The end of a message about a file of the wrong kind: what it seems to be instead, or nothing. */
export function looksLike(bytes: Uint8Array): string {
  const kind = fileKind(bytes);
  return kind === null ? '' : `; it looks like ${READERS[kind]}`;
}

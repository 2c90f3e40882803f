/** How a recording is encoded, by its first bytes. */
export type RecordingKind = 'wav' | CompressedKind;
export type CompressedKind = 'mp3' | 'flac' | 'vorbis' | 'opus';

/** Other encodings, by what a message calls them. */
const OTHERS: readonly (readonly [bytes: RegExp, name: string])[] = [
  [/^....ftyp/s, 'MP4 (as M4A has)'],
  [/^\xff[\xf0\xf1\xf8\xf9]/, 'AAC'],
  [/^FORM....AIF[FC]/s, 'AIFF'],
  [/^caff/, 'CAF'],
  [/^.E\xdf\xa3/s, 'WebM or Matroska'],
  [/^#!AMR/, 'AMR'],
  [/^0&\xb2u\x8ef\xcf/, 'WMA'],
  [/^\.snd/, 'AU'],
  [/^OggS/, 'Ogg with another encoding than Opus, Vorbis or FLAC'],
  [/^RIFX/, 'big-endian WAV'],
];
const KINDS: readonly (readonly [bytes: RegExp, kind: RecordingKind])[] = [
  [/^RIFF....WAVE/s, 'wav'],
  [/^RF64....WAVE/s, 'wav'],
  [/^fLaC/, 'flac'],
  // an ID3 tag in front, which nothing but MP3 should have
  [/^ID3/, 'mp3'],
  // layer III of MPEG 2.5, 2 and 1
  [/^\xff[\xe2\xe3\xf2\xf3\xfa\xfb]/, 'mp3'],
  [/^OggS.{22}.+?OpusHead/s, 'opus'],
  [/^OggS.{22}.+?vorbis/s, 'vorbis'],
  [/^OggS.{22}.+?FLAC/s, 'flac'],
];

/** Enough for the first page of an Ogg stream. */
const BEGINNING = 512;

/**
 * Returns how a recording is encoded, or the name of an encoding that this library does not decode; null for anything
 * else.
 */
export function recordingKind(bytes: Uint8Array): { kind: RecordingKind } | { other: string } | null {
  const text = String.fromCharCode(...bytes.subarray(0, BEGINNING));
  const kind = KINDS.find(([pattern]) => pattern.test(text))?.[1];
  if (kind !== undefined) return { kind };
  const other = OTHERS.find(([pattern]) => pattern.test(text))?.[1];
  return other === undefined ? null : { other };
}

/** Half a second of three tones that rise and fall, which every codec keeps: int16 at 16 kHz. */
export const TONES = Int16Array.from({ length: 8000 }, (_, k) => {
  const tones = [440, 1000, 2500].reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * k) / 16_000), 0);
  return Math.round(4000 * tones * Math.sin((Math.PI * k) / 8000));
});

/** The recordings of `TONES` in test/audio/recordings, and the options with which ffmpeg made them. */
export const RECORDINGS = {
  'tones.flac': ['-c:a', 'flac', '-metadata_header_padding', '0'],
  'tones-flac.ogg': ['-c:a', 'flac', '-f', 'ogg'],
  'tones.mp3': ['-c:a', 'libmp3lame', '-b:a', '64k'],
  'tones-stereo.mp3': ['-c:a', 'libmp3lame', '-b:a', '96k', '-af', 'pan=stereo|c0=c0|c1=c0'],
  'tones-vorbis.ogg': ['-c:a', 'libvorbis', '-q:a', '5'],
  'tones.opus': ['-c:a', 'libopus', '-b:a', '48k'],
  'tones.m4a': ['-c:a', 'aac', '-b:a', '64k'],
} as const;

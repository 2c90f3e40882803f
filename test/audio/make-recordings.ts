// Makes the compressed recordings of test/audio/recordings, which the tests read so that they need no ffmpeg:
// npm run build && node dist/test/audio/make-recordings.js
import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { encodeWav } from '../../host/core/wav/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { RECORDINGS, TONES } from './tones.js';

const folder = packagePath('test/audio/recordings');
mkdirSync(folder, { recursive: true });
for (const [name, options] of Object.entries(RECORDINGS)) {
  // without the version and the time of the encoding
  const exact = ['-map_metadata', '-1', '-fflags', '+bitexact', '-flags:a', '+bitexact'];
  const args = ['-v', 'error', '-y', '-i', '-', ...options, ...exact, join(folder, name)];
  execFileSync('ffmpeg', args, { input: encodeWav(TONES) });
}

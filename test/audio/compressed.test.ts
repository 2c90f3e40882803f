import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { readRecording } from '../../host/audio/index.js';
import { RecordingError } from '../../host/core/error.js';
import { decodeRecording, recordingKind, UnsupportedRecordingError } from '../../host/core/recording/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { without } from './sound-programs.js';

/** A second of three tones that rise and fall, which every codec keeps. */
const SOUND = Int16Array.from({ length: 16_000 }, (_, k) => {
  const tones = [440, 1000, 2500].reduce((sum, hz) => sum + Math.sin((2 * Math.PI * hz * k) / 16_000), 0);
  return Math.round(4000 * tones * Math.sin((Math.PI * k) / 16_000));
});

/** Where the recording is delayed least against the sound, and how much of it is then something else, in decibels. */
function compare(recording: Int16Array): { delay: number; errorDb: number } {
  const results = Array.from({ length: 41 }, (_, k) => {
    const delay = 40 * (k - 20);
    return { delay, errorDb: errorAt(recording, delay) };
  });
  const rough = results.reduce((best, result) => (result.errorDb < best.errorDb ? result : best)).delay;
  return Array.from({ length: 81 }, (_, k) => rough + k - 40)
    .map((delay) => ({ delay, errorDb: errorAt(recording, delay) }))
    .reduce((best, result) => (result.errorDb < best.errorDb ? result : best));
}

function errorAt(recording: Int16Array, delay: number): number {
  let error = 0;
  let energy = 0;
  for (let k = 2000; k < 14_000; k++) {
    error += (SOUND[k] - (recording[k + delay] ?? 0)) ** 2;
    energy += SOUND[k] ** 2;
  }
  return 10 * Math.log10(Math.max(error, 1e-9) / energy);
}

const FORMATS = {
  'flac.flac': { options: ['-c:a', 'flac'], error: -200 },
  'flac.ogg': { options: ['-c:a', 'flac', '-f', 'ogg'], error: -200 },
  'mp3.mp3': { options: ['-c:a', 'libmp3lame', '-b:a', '64k'], error: -20 },
  'vorbis.ogg': { options: ['-c:a', 'libvorbis', '-q:a', '5'], error: -20 },
  'opus.opus': { options: ['-c:a', 'libopus', '-b:a', '48k'], error: -12 },
  'stereo.mp3': { options: ['-c:a', 'libmp3lame', '-b:a', '128k', '-af', 'pan=stereo|c0=c0|c1=c0'], error: -20 },
  'alac.m4a': { options: ['-c:a', 'alac'], error: -200 },
  'aac.m4a': { options: ['-c:a', 'aac', '-b:a', '64k'], error: -20 },
  'opus.webm': { options: ['-c:a', 'libopus', '-b:a', '48k'], error: -15 },
  'pcm.aiff': { options: ['-c:a', 'pcm_s16be'], error: -200 },
} as const;

describe('a recording in another format', { skip: without('ffmpeg') }, () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-'));
    writeFileSync(join(folder, 'sound.wav'), encodeWav(SOUND));
    for (const [name, { options }] of Object.entries(FORMATS)) {
      const args = ['-v', 'error', '-i', join(folder, 'sound.wav'), ...options, join(folder, name)];
      const { stderr, status } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
    }
  });
  after(() => rmSync(folder, { recursive: true }));

  for (const [name, { error }] of Object.entries(FORMATS)) {
    test(`gives the sound that was encoded: ${name}`, async () => {
      const { delay, errorDb } = compare(await readRecording(join(folder, name), { resample: true }));
      assert.ok(errorDb <= error, `${errorDb} dB at a delay of ${delay}`);
      // the delay of an encoder is at most a frame and a half of MP3
      assert.ok(Math.abs(delay) <= 600, `delay ${delay}`);
    });
  }

  test('has the samples that ffmpeg decodes', async () => {
    const file = join(folder, 'vorbis.ogg');
    const { stdout } = spawnSync('ffmpeg', ['-v', 'error', '-i', file, '-f', 's16le', '-'], { maxBuffer: 1 << 20 });
    const expected = new Int16Array(Uint8Array.from(stdout).buffer);
    const samples = await readRecording(file);
    // ffmpeg leaves out the last piece of the sound
    assert.ok(expected.length > 15_000 && samples.length === SOUND.length);
    assert.ok(expected.every((sample, k) => Math.abs(sample - samples[k]) <= 1));
  });

  test('is known by its first bytes, whatever its name', async () => {
    writeFileSync(join(folder, 'wrong.wav'), readFileSync(join(folder, 'flac.flac')));
    assert.deepEqual(await readRecording(join(folder, 'wrong.wav')), SOUND);
  });

  test('is refused if it is cut off or damaged, unless its format goes on', async () => {
    for (const name of ['flac.flac', 'vorbis.ogg', 'opus.opus', 'mp3.mp3', 'alac.m4a']) {
      const bytes = readFileSync(join(folder, name));
      const broken = Buffer.from(bytes);
      broken.fill(0x5a, bytes.length >> 1, (bytes.length >> 1) + 300);
      for (const damaged of [bytes.subarray(0, 60), broken]) {
        const file = join(folder, `damaged-${name}`);
        writeFileSync(file, damaged);
        try {
          const samples = await readRecording(file, { resample: true });
          assert.ok(samples.length > 0 && samples.length < 40_000, `${name}: ${samples.length} samples`);
        } catch (error) {
          assert.ok(error instanceof RecordingError, `${name}: ${error}`);
          assert.match(error.message, /damaged-.*; (record|convert)/);
        }
      }
    }
  });

  test('needs ffmpeg if it is of a kind that only ffmpeg decodes', async () => {
    await assert.rejects(decodeRecording(readFileSync(join(folder, 'aac.m4a')), 'a.m4a'), (error) => {
      assert.ok(error instanceof UnsupportedRecordingError);
      assert.match(error.message, /^a\.m4a: is MP4 \(as M4A has\), which needs ffmpeg; install it, or convert it to/);
      return true;
    });
  });
});

test('what is not a recording is none', () => {
  for (const text of ['', 'hello', '{"a":1}', '\xff\xff\xff\xff', 'PK\x03\x04']) {
    assert.equal(recordingKind(Buffer.from(text, 'latin1')), null, text);
  }
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { decodeSamples, openSamples, readRecording } from '../../host/audio/index.js';
import { RecordingError } from '../../host/core/error.js';
import {
  type ByteSource,
  decodePieces,
  decodeRecording,
  joinPieces,
  openInPieces,
  PIECE_BYTES,
  recordingKind,
  UnsupportedRecordingError,
} from '../../host/core/recording/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { without } from './sound-programs.js';
import { type RECORDINGS, TONES } from './tones.js';

/** Returns where a recording is delayed least against `TONES`, and how much of it then is something else, in dB. */
function compare(recording: Int16Array): { delay: number; errorDb: number } {
  const best = (delays: readonly number[]) =>
    delays
      .map((delay) => ({ delay, errorDb: errorAt(recording, delay) }))
      .reduce((least, result) => (result.errorDb < least.errorDb ? result : least));
  const rough = best(Array.from({ length: 201 }, (_, k) => 8 * (k - 100))).delay;
  return best(Array.from({ length: 17 }, (_, k) => rough + k - 8));
}

function errorAt(recording: Int16Array, delay: number): number {
  let error = 0;
  let energy = 0;
  for (let k = 1000; k < 7000; k++) {
    error += (TONES[k] - (recording[k + delay] ?? 0)) ** 2;
    energy += TONES[k] ** 2;
  }
  return 10 * Math.log10(Math.max(error, 1e-9) / energy);
}

async function isTones(file: string, lossDb: number): Promise<void> {
  const recording = await readRecording(file, { resample: true });
  if (lossDb === LOSSLESS) return assert.deepEqual(recording, TONES);
  const { delay, errorDb } = compare(recording);
  assert.ok(errorDb <= lossDb, `${errorDb} dB at a delay of ${delay}`);
  // the delay of an encoder is at most a frame and a half of MP3
  assert.ok(Math.abs(delay) <= 600, `delay ${delay}`);
  assert.ok(recording.length >= TONES.length, `${recording.length} samples`);
}

function isRunning(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const LOSSLESS = -200;
const folder = mkdtempSync(join(tmpdir(), 'spikeword-'));
after(() => rmSync(folder, { recursive: true }));
const recorded = (name: keyof typeof RECORDINGS): string => packagePath(`test/audio/recordings/${name}`);

/** How much of a recording may be something else than `TONES`, in decibels. */
const DECODED = {
  'tones.flac': LOSSLESS,
  'tones-flac.ogg': LOSSLESS,
  'tones.mp3': -20,
  'tones-stereo.mp3': -20,
  'tones-vorbis.ogg': -20,
  'tones.opus': -12,
} as const;
const NAMES = Object.keys(DECODED) as (keyof typeof DECODED)[];

describe('a compressed recording', () => {
  for (const name of NAMES) {
    test(`gives the sound that was encoded: ${name}`, () => isTones(recorded(name), DECODED[name]));

    test(`gives the same sound however its bytes are divided: ${name}`, async () => {
      const bytes = readFileSync(recorded(name));
      const found = recordingKind(bytes);
      assert.ok(found !== null && 'kind' in found && found.kind !== 'wav');
      const { kind } = found;
      const whole = await joinPieces(decodePieces([bytes], kind, name), name);
      for (const size of [100, 1777]) {
        const pieces = Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) =>
          bytes.subarray(k * size, (k + 1) * size),
        );
        assert.deepEqual(await joinPieces(decodePieces(pieces, kind, name), name), whole, `pieces of ${size} bytes`);
      }
    });
  }

  test('is known by its first bytes, whatever its name', async () => {
    writeFileSync(join(folder, 'wrong.wav'), readFileSync(recorded('tones.flac')));
    assert.deepEqual(await readRecording(join(folder, 'wrong.wav')), TONES);
  });

  test('is refused if it is cut off or damaged, unless its format goes on', async () => {
    for (const name of NAMES) {
      const bytes = readFileSync(recorded(name));
      const broken = Buffer.from(bytes);
      broken.fill(0x5a, bytes.length >> 1, (bytes.length >> 1) + 300);
      for (const damaged of [bytes.subarray(0, 60), broken]) {
        const file = join(folder, `damaged-${name}`);
        writeFileSync(file, damaged);
        try {
          const samples = await readRecording(file, { resample: true });
          assert.ok(samples.length > 0 && samples.length < 20_000, `${name}: ${samples.length} samples`);
        } catch (error) {
          assert.ok(error instanceof RecordingError, `${name}: ${error}`);
          assert.match(error.message, /damaged-.*; (record|convert)/);
        }
      }
    }
  });

  test('that is long has the same samples in pieces, again and again, and ends when it is told to', async () => {
    const file = join(folder, 'long.mp3');
    const bytes = Buffer.concat(Array.from({ length: 30 }, () => readFileSync(recorded('tones.mp3'))));
    writeFileSync(file, bytes);
    assert.ok(bytes.length > 1 << 17);
    const pieces = await openSamples(file);
    const whole = await decodeSamples(bytes, file);
    assert.ok(whole.length > 28 * TONES.length);
    for (const _ of [1, 2]) {
      const samples: number[] = [];
      for await (const piece of pieces()) {
        assert.ok(piece.length < whole.length / 4, `a piece of ${piece.length}`);
        samples.push(...piece);
      }
      assert.deepEqual(Int16Array.from(samples), whole);
    }
    for await (const piece of pieces()) {
      assert.deepEqual(piece, whole.subarray(0, piece.length));
      break;
    }
  });

  test('that is long is read only as far as it is heard, and is closed then', async () => {
    const mp3 = Buffer.concat(new Array(60).fill(readFileSync(recorded('tones.mp3'))));
    const wav = encodeWav(new Int16Array(40 * 16_000).fill(1));
    // a picture before the samples, larger than what is read of a file first
    const cover = Buffer.concat([Buffer.from('LIST'), Buffer.alloc(4), Buffer.alloc(3 << 20)]);
    cover.writeUInt32LE(3 << 20, 4);
    const pictured = Buffer.concat([wav.subarray(0, 36), cover, wav.subarray(36)]);
    for (const bytes of [mp3, wav, pictured]) {
      const reads: { from: number; done: number; open: boolean }[] = [];
      const source: ByteSource = {
        size: bytes.length,
        async *read(from, to, pieceBytes) {
          const one = { from, done: 0, open: true };
          reads.push(one);
          try {
            for (let at = from; at < to; at += pieceBytes) {
              const piece = bytes.subarray(at, Math.min(to, at + pieceBytes));
              one.done += piece.length;
              yield piece;
            }
          } finally {
            one.open = false;
          }
        },
      };
      const { pieces } = await openInPieces(source, 'long');
      const before = reads.length;
      for await (const samples of pieces()) {
        assert.ok(samples.length > 0 && samples.length < 4 * 16_000, `${samples.length} samples`);
        break;
      }
      const [heard, ...more] = reads.slice(before);
      assert.equal(more.length, 0);
      assert.ok(heard.done <= 2 * PIECE_BYTES, `${heard.done} of ${bytes.length} bytes`);
      assert.ok(reads.every(({ open }) => !open));
    }
  });

  test('that changes its sample rate is refused', async () => {
    // the rate of MPEG 2 layer III is in bits 2 and 3 of the third byte of each frame: 22,050, 24,000 or 16,000 Hz
    const bytes = readFileSync(recorded('tones.mp3'));
    const other = Buffer.from(bytes);
    for (let k = 0; k + 2 < other.length; k++) {
      if (other[k] === 0xff && (other[k + 1] & 0xfe) === 0xf2 && (other[k + 2] & 12) === 8) other[k + 2] -= 4;
    }
    await assert.rejects(decodeSamples(Buffer.concat([bytes, bytes, bytes, bytes, other, other]), 'two.mp3'), {
      name: 'RecordingError',
      message: /^two\.mp3: changes from 16000 to 24000 Hz; convert it/,
    });
  });

  test('needs ffmpeg if it is of a kind that only ffmpeg decodes', async () => {
    const message = /tones\.m4a: is MP4 \(as M4A has\), which needs ffmpeg; install it, or convert it to/;
    const refused = (error: unknown): boolean => {
      assert.ok(error instanceof UnsupportedRecordingError);
      assert.match(error.message, message);
      return true;
    };
    await assert.rejects(decodeRecording(readFileSync(recorded('tones.m4a')), 'tones.m4a'), refused);
    const { PATH } = process.env;
    process.env.PATH = folder;
    try {
      await assert.rejects(readRecording(recorded('tones.m4a')), refused);
    } finally {
      process.env.PATH = PATH;
    }
  });
});

describe('a recording that ffmpeg decodes', { skip: process.platform === 'win32' && 'no shell' }, () => {
  const { PATH } = process.env;
  const long = join(folder, 'long.m4a');
  before(() => writeFileSync(long, Buffer.concat([Buffer.from('\0\0\0\x20ftypM4A '), Buffer.alloc(100_000)])));
  after(() => {
    process.env.PATH = PATH;
  });

  /** Puts a script in place of ffmpeg, which gets a WAV file as its `$sound`. */
  function ffmpeg(script: string, sound: Uint8Array = encodeWav(TONES)): void {
    const programs = mkdtempSync(join(folder, 'programs-'));
    writeFileSync(join(programs, 'sound'), sound);
    writeFileSync(join(programs, 'ffmpeg'), `#!/bin/sh\nsound=${join(programs, 'sound')}\n${script}\n`, {
      mode: 0o755,
    });
    process.env.PATH = `${programs}:${PATH}`;
  }

  test('comes in pieces of any size', async () => {
    ffmpeg('head -c 4099 $sound; sleep 0.1; tail -c +4100 $sound');
    assert.deepEqual(await readRecording(long), TONES);
  });

  test('may be shorter than a piece', async () => {
    ffmpeg('cat $sound', encodeWav(TONES.subarray(2000, 2010)));
    assert.deepEqual(await readRecording(long), TONES.slice(2000, 2010));
  });

  test('needs no end: ffmpeg ends when nobody listens any more', async () => {
    const pid = join(folder, 'pid');
    ffmpeg(`echo $$ >> ${pid}; cat $sound /dev/zero | head -c 300000; exec sleep 1000`);
    const pieces = await openSamples(long);
    let heard = 0;
    for await (const piece of pieces()) {
      heard += piece.length;
      if (heard > 5 * 16_000) break;
    }
    const begun = readFileSync(pid, 'utf8').trim().split('\n');
    assert.ok(begun.length >= 1);
    const running = () => begun.some((each) => isRunning(Number(each)));
    for (let tries = 0; running() && tries < 100; tries++) await new Promise((next) => setTimeout(next, 50));
    assert.ok(!running());
  });

  test('is refused with what ffmpeg says if it fails, before or after some sound', async () => {
    const message = /long\.m4a: ffmpeg cannot decode it: moov atom not found; record or download it again/;
    for (const before of ['', 'cat $sound;', 'head -c 5000 $sound;']) {
      ffmpeg(`${before} echo 'moov atom not found' >&2; exit 1`);
      await assert.rejects(readRecording(long), { name: 'RecordingError', message });
    }
  });

  test('is refused if nothing comes of it', async () => {
    ffmpeg('exit 0');
    await assert.rejects(readRecording(long), /long\.m4a: no samples; record or download it again/);
  });
});

/** Formats that only ffmpeg decodes. */
const FORMATS = {
  'alac.m4a': { options: ['-c:a', 'alac'], lossDb: LOSSLESS },
  'aac.m4a': { options: ['-c:a', 'aac', '-b:a', '64k'], lossDb: -20 },
  'opus.webm': { options: ['-c:a', 'libopus', '-b:a', '48k'], lossDb: -15 },
  'pcm.aiff': { options: ['-c:a', 'pcm_s16be'], lossDb: LOSSLESS },
} as const;

describe('with ffmpeg, a recording', { skip: without('ffmpeg') }, () => {
  before(() => writeFileSync(join(folder, 'sound.wav'), encodeWav(TONES)));

  for (const [name, { options, lossDb }] of Object.entries(FORMATS)) {
    test(`gives the sound that was encoded: ${name}`, async () => {
      const args = ['-v', 'error', '-i', join(folder, 'sound.wav'), ...options, join(folder, name)];
      const { stderr, status } = spawnSync('ffmpeg', args, { encoding: 'utf8' });
      assert.equal(status, 0, stderr);
      await isTones(join(folder, name), lossDb);
    });
  }

  test('has the samples that ffmpeg decodes', async () => {
    for (const name of ['tones-vorbis.ogg', 'tones.mp3'] as const) {
      const args = ['-v', 'error', '-i', recorded(name), '-f', 's16le', '-'];
      const { stdout } = spawnSync('ffmpeg', args, { maxBuffer: 1 << 20 });
      const expected = new Int16Array(Uint8Array.from(stdout).buffer);
      const samples = await readRecording(recorded(name));
      // versions of ffmpeg disagree about the last piece of the sound in Ogg
      assert.ok(expected.length > 7000 && samples.length > 7000, `${name}: ${samples.length}`);
      assert.ok(
        expected.subarray(0, samples.length).every((sample, k) => Math.abs(sample - samples[k]) <= 1),
        name,
      );
    }
  });
});

test('what is not a recording is none', () => {
  for (const text of ['', 'hello', '{"a":1}', '\xff\xff\xff\xff', 'PK\x03\x04']) {
    assert.equal(recordingKind(Buffer.from(text, 'latin1')), null, text);
  }
});

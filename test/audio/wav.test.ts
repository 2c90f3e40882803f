import assert from 'node:assert/strict';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { decodeSamples, readRecording } from '../../host/audio/index.js';
import { RecordingError } from '../../host/core/error.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { type Chunk, data, extension, floats, fmt, integers, riff } from './wav-bytes.js';

const FOUR = [0, 1, -2, 32767];

async function samplesOf(chunks: readonly Chunk[], resample = false): Promise<number[]> {
  return [...(await decodeSamples(riff(chunks), 'clip.wav', { resample }))];
}

describe('a WAV file that is right', () => {
  test('gives its 16-bit samples unchanged, all 65536 of them', async () => {
    const all = Array.from({ length: 65536 }, (_, k) => k - 32768);
    assert.deepEqual(await samplesOf([fmt(), data(integers(all, 16))]), all);
  });

  test('gives 8-bit samples as the high byte', async () => {
    const samples = await samplesOf([fmt({ bits: 8 }), data(integers([-128, -1, 0, 1, 127], 8))]);
    assert.deepEqual(samples, [-32768, -256, 0, 256, 32512]);
  });

  test('gives 24-bit samples rounded, the lowest as the lowest', async () => {
    const samples = await samplesOf([fmt({ bits: 24 }), data(integers([-8388608, -256, 0, 256, 383, 8388607], 24))]);
    assert.deepEqual(samples, [-32768, -1, 0, 1, 1, 32767]);
  });

  test('gives 32-bit samples rounded', async () => {
    const samples = await samplesOf([
      fmt({ bits: 32 }),
      data(integers([-(2 ** 31), -65536, 0, 65536, 2 ** 31 - 1], 32)),
    ]);
    assert.deepEqual(samples, [-32768, -1, 0, 1, 32767]);
  });

  test('gives float samples scaled, clipped a little beyond full scale', async () => {
    const values = [-1.2, -1, -0.5, 0, 0.5, 1, 1.25];
    const expected = [-32768, -32768, -16384, 0, 16384, 32767, 32767];
    assert.deepEqual(await samplesOf([fmt({ tag: 3, bits: 32 }), data(floats(values))]), expected);
    const doubles = new Uint8Array(Float64Array.from(values).buffer);
    assert.deepEqual(await samplesOf([fmt({ tag: 3, bits: 64 }), data(doubles)]), expected);
  });

  test('gives A-law and µ-law samples as the tables of G.711 have them', async () => {
    // A few rows of tables 1a and 2a, times 8 and 4: the least, the first of a segment, the greatest.
    const aLaw = [0xd5, 0x55, 0xc5, 0x45, 0xaa, 0x2a];
    assert.deepEqual(
      await samplesOf([fmt({ tag: 6, bits: 8 }), data(Buffer.from(aLaw))]),
      [8, -8, 264, -264, 32256, -32256],
    );
    const muLaw = [0xff, 0x7f, 0xef, 0x6f, 0x80, 0x00];
    assert.deepEqual(
      await samplesOf([fmt({ tag: 7, bits: 8 }), data(Buffer.from(muLaw))]),
      [0, 0, 132, -132, 32124, -32124],
    );
  });

  test('gives samples of fewer bits than their bytes from the high bits', async () => {
    const twelve = fmt({ bits: 12, blockAlign: 2 });
    assert.deepEqual(await samplesOf([twelve, data(integers([0x7ff0, -16], 16))]), [0x7ff0, -16]);
    const twentyFour = fmt({ bits: 24, blockAlign: 4 });
    assert.deepEqual(await samplesOf([twentyFour, data(integers([2 ** 30, -65536], 32))]), [16384, -1]);
    const two = fmt({ bits: 24, blockAlign: 8, channels: 2 });
    assert.deepEqual(await samplesOf([two, data(integers([2 ** 30, 0], 32))]), [8192]);
  });

  for (const [bits, tag] of [
    [16, 1],
    [24, 1],
    [32, 3],
  ]) {
    test(`may be extensible with ${bits}-bit ${tag === 1 ? 'integers' : 'floats'}`, async () => {
      const format = fmt({ tag: 0xfffe, bits, extension: extension(tag, bits) });
      const body = tag === 1 ? integers([0, 2 ** (bits - 2)], bits) : floats([0, 0.5]);
      assert.deepEqual(await samplesOf([format, data(body)]), [0, 16384]);
    });
  }

  test('may be extensible with fewer valid bits than it stores', async () => {
    const format = fmt({ tag: 0xfffe, bits: 16, extension: extension(1, 12) });
    assert.deepEqual(await samplesOf([format, data(integers([16, -32], 16))]), [16, -32]);
  });

  test('is mixed down to the mean of its channels', async () => {
    const stereo = await samplesOf([fmt({ channels: 2 }), data(integers([100, 300, -32768, -32768, 10, -10], 16))]);
    assert.deepEqual(stereo, [200, -32768, 0]);
    assert.deepEqual(await samplesOf([fmt({ channels: 3 }), data(integers([3, 6, 9], 16))]), [6]);
  });

  test('may have odd padded chunks before the data and anything after it', async () => {
    const list: Chunk = { id: 'LIST', body: Buffer.from('INFO and an odd end') };
    assert.equal(list.body.length % 2, 1);
    const tail: Chunk = { id: 'id3 ', body: Buffer.from('tag') };
    assert.deepEqual(await samplesOf([list, fmt(), list, data(integers(FOUR, 16)), tail]), FOUR);
  });

  test('may have an odd number of bytes of samples', async () => {
    assert.deepEqual(await samplesOf([fmt({ bits: 8 }), data(integers([1, 2, 3], 8))]), [256, 512, 768]);
  });

  test('may be part of a larger buffer', async () => {
    const wav = riff([fmt(), data(integers(FOUR, 16))]);
    const buffer = Buffer.concat([Buffer.alloc(3), wav]);
    assert.deepEqual([...(await decodeSamples(buffer.subarray(3), 'clip.wav'))], FOUR);
  });

  test('is what encodeWav writes', async () => {
    const samples = Int16Array.from(FOUR);
    assert.deepEqual(Buffer.from(encodeWav(samples)), Buffer.from(riff([fmt(), data(integers(FOUR, 16))])));
  });
});

describe('a WAV file with a careless header is read:', () => {
  const body = integers(FOUR, 16);
  const odd: Chunk = { id: 'LIST', body: Buffer.from('INFO and an odd end') };
  const unpadded = (() => {
    const wav = Buffer.from(riff([odd, fmt(), data(body)]));
    const padding = wav.indexOf('fmt ') - 1;
    return Buffer.concat([wav.subarray(0, padding), wav.subarray(padding + 1)]);
  })();
  const cases: [carelessness: string, bytes: Uint8Array][] = [
    ...[0, 0x7ffff000, 0x7fffffff, 0x80000000, 0xffffffff].flatMap((size): [string, Uint8Array][] => [
      [`a size of ${size}, from a pipe`, riff([fmt(), data(body, size)], size)],
      [`a size of ${size} in a form of the right size`, riff([fmt(), data(body, size)])],
    ]),
    ['a size that counts the header', riff([fmt(), data(body, body.length + 44)])],
    ['a form that claims more than the file', riff([fmt(), data(body)], 5000)],
    ['a form that ends within its samples', riff([fmt(), data(body)], 38)],
    ['a form of no size', riff([fmt(), data(body)], 0)],
    ['a byte rate of 0', riff([fmt({ bytesPerSecond: 0 }), data(body)])],
    ['a byte rate of another sample rate', riff([fmt({ bytesPerSecond: 44100 }), data(body)])],
    ['a block align of 0', riff([fmt({ blockAlign: 0 }), data(body)])],
    ['a block align for stereo', riff([fmt({ blockAlign: 4 }), data(body)])],
    ['half a sample at the end', riff([fmt(), data(Buffer.concat([body, Buffer.alloc(1)]))])],
    ['an odd chunk without padding', unpadded],
    ['RF64, for more than 4 GB', rf64(riff([{ id: 'ds64', body: Buffer.alloc(28) }, fmt(), data(body, 0xffffffff)]))],
  ];
  for (const [carelessness, bytes] of cases) {
    test(carelessness, async () => {
      assert.deepEqual([...(await decodeSamples(bytes, 'clip.wav'))], FOUR);
    });
  }

  function rf64(wav: Uint8Array): Uint8Array {
    return Buffer.concat([Buffer.from('RF64'), Buffer.alloc(4, 0xff), wav.subarray(8)]);
  }
});

describe('a wrong WAV file is refused with its name and its fault:', () => {
  const good = data(integers(FOUR, 16));
  const tail: Chunk = { id: 'LIST', body: Buffer.alloc(5) };
  const cases: [fault: string, bytes: Uint8Array, message: RegExp][] = [
    ['an empty file', new Uint8Array(0), /0 bytes, too short/],
    ['a file of a few bytes', Buffer.from('RIFF'), /4 bytes, too short/],
    [
      'another kind of file',
      Buffer.from('OggS and something more'),
      /is Ogg with another encoding than Opus, Vorbis or FLAC, which needs ffmpeg; install it, or convert it to a 16-bit/,
    ],
    ['a big-endian file', Buffer.from('RIFX and something more'), /is big-endian WAV, which needs ffmpeg/],
    ['a RIFF file without sound', Buffer.from('RIFF\x04\0\0\0AVI ', 'latin1'), /'AVI '/],
    ['no fmt chunk', riff([{ id: 'LIST', body: Buffer.alloc(4) }]), /no fmt chunk/],
    ['no data chunk', riff([fmt(), { id: 'LIST', body: Buffer.alloc(5) }]), /no data chunk/],
    ['samples before the format', riff([good, fmt()]), /data chunk comes before/],
    ['two formats', riff([fmt(), fmt(), good]), /two fmt chunks/],
    ['a format that is too short', riff([{ id: 'fmt ', body: Buffer.alloc(14) }, good]), /fmt chunk of 14 bytes/],
    ['no samples', riff([fmt(), data(new Uint8Array(0))]), /no samples/],
    ['no samples before another chunk', riff([fmt(), data(new Uint8Array(0)), tail]), /no samples/],
    ['half a sample alone', riff([fmt(), data(Buffer.alloc(1))]), /no samples/],
    ['truncated samples', riff([fmt(), data(integers(FOUR, 16), 32000)]), /cut off: 8 of 32000 bytes .*ffmpeg -i/],
    ['4-bit samples', riff([fmt({ bits: 4 }), good]), /4-bit integer, expected 8 to 32 bits; convert/],
    ['16-bit A-law', riff([fmt({ tag: 6 }), good]), /16-bit A-law, expected 8 bits; convert/],
    ['200 channels in a few bytes', riff([fmt({ channels: 200 }), good]), /no samples/],
    [
      'floats of another scale',
      riff([fmt({ tag: 3, bits: 32 }), data(floats([3, -32768]))]),
      /up to ±32768, expected ±1/,
    ],
    [
      'floats of another scale in one channel',
      riff([fmt({ tag: 3, bits: 32, channels: 2 }), data(floats([0.1, 2]))]),
      /±2\.00,/,
    ],
    [
      'a LIST that claims 4 GB',
      riff([fmt(), { id: 'LIST', body: Buffer.alloc(4), claim: 0xfffffff0 }]),
      /'LIST' claims/,
    ],
    [
      'more channels than a recorder has',
      riff([fmt({ channels: 65535, bits: 8 }), data(Buffer.alloc(65535))]),
      /65535 ch/,
    ],
    ['0 channels', riff([fmt({ channels: 0, blockAlign: 0 }), good]), /0 channels/],
    ['0 channels with a block align', riff([fmt({ channels: 0, blockAlign: 2 }), good]), /0 channels/],
    ['0 Hz', riff([fmt({ rate: 0 }), good]), /0 Hz/],
    ['16-bit floats', riff([fmt({ tag: 3, bits: 16 }), good]), /16-bit float/],
    ['a compressed format', riff([fmt({ tag: 0x11 }), good]), /format 0x0011, .*; convert it to a 16-bit PCM WAV file/],
    ['extensible without an extension', riff([fmt({ tag: 0xfffe }), good]), /extension of 0 bytes/],
    [
      'an extension cut short',
      riff([fmt({ tag: 0xfffe, extension: extension(1, 16).subarray(0, 20) }), good]),
      /extension/,
    ],
    ['an unknown sub-format', riff([fmt({ tag: 0xfffe, extension: extension(0x55, 16) }), good]), /format 0x0055/],
    [
      'a foreign sub-format',
      riff([
        fmt({ tag: 0xfffe, extension: Buffer.concat([extension(1, 16).subarray(0, 10), Buffer.alloc(14)]) }),
        good,
      ]),
      /unknown sub-format/,
    ],
    ['0 valid bits', riff([fmt({ tag: 0xfffe, extension: extension(1, 0) }), good]), /0 valid bits/],
    [
      'more valid bits than stored',
      riff([fmt({ tag: 0xfffe, extension: extension(1, 24) }), good]),
      /24 valid bits in 16/,
    ],
    [
      'samples that are not numbers',
      riff([fmt({ tag: 3, bits: 32 }), data(floats([0, Number.NaN]))]),
      /sample 1 is NaN/,
    ],
    ['infinite samples', riff([fmt({ tag: 3, bits: 32 }), data(floats([-Infinity]))]), /sample 0 is -Infinity/],
    ['another sample rate', riff([fmt({ rate: 44100 }), good]), /44100 Hz, expected 16000 Hz \(use --resample\)/],
  ];
  for (const [fault, bytes, message] of cases) {
    test(fault, async () => {
      await assert.rejects(decodeSamples(bytes, 'yes/one.wav'), (error) => {
        assert.ok(error instanceof RecordingError, String(error));
        assert.equal(error.file, 'yes/one.wav');
        assert.match(error.message, /^yes\/one\.wav: /);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('a file that does not exist', async () => {
    await assert.rejects(readRecording('/no/such.wav'), /^RecordingError: \/no\/such\.wav: cannot be read: ENOENT/);
  });

  test('a folder', async () => {
    await assert.rejects(readRecording(tmpdir()), /^RecordingError: .*: cannot be read: it is not a file/);
  });

  test('a device that never ends', { skip: existsSync('/dev/zero') ? false : 'no /dev/zero' }, async () => {
    await assert.rejects(readRecording('/dev/zero'), /^RecordingError: \/dev\/zero: cannot be read: it is not a file/);
  });
});

test('a WAV file with any bytes changed or cut off is either decoded or refused', async () => {
  const seeds = [
    riff([fmt(), data(integers(FOUR, 16))]),
    riff([{ id: 'LIST', body: Buffer.alloc(7) }, fmt({ channels: 2, bits: 24 }), data(Buffer.alloc(30, 0x80))]),
    riff([fmt({ tag: 0xfffe, bits: 32, extension: extension(3, 32) }), data(floats([0, 1, -1]))]),
  ];
  const change = fc.tuple(fc.nat(200), fc.oneof(fc.constantFrom(0, 1, 0x7f, 0x80, 0xff), fc.nat(255)));
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...seeds),
      fc.array(change, { maxLength: 6 }),
      fc.nat(120),
      async (seed, changes, cut) => {
        const bytes = Uint8Array.from(seed);
        for (const [at, value] of changes) bytes[at % bytes.length] = value;
        const file = bytes.subarray(0, Math.max(0, bytes.length - Math.max(0, cut - 60)));
        try {
          const samples = await decodeSamples(file, 'x.wav', { resample: false });
          assert.ok(samples.length > 0 && samples.length <= file.length);
        } catch (error) {
          assert.ok(error instanceof RecordingError, String(error));
        }
      },
    ),
    { numRuns: 5000, seed: 1 },
  );
});

describe('with resampling', () => {
  const tone = (hz: number, rate: number): number[] =>
    Array.from({ length: rate }, (_, k) => Math.round(16384 * Math.cos((2 * Math.PI * hz * k) / rate)));

  /** Returns the amplitude of the cosine at `hz` and the RMS of the rest, over the middle of a second at 16 kHz. */
  function analyse(samples: readonly number[], hz: number): { amplitude: number; residue: number } {
    const from = 2000;
    const count = 12_000;
    const reference = Array.from({ length: count }, (_, k) => Math.cos((2 * Math.PI * hz * (from + k)) / 16_000));
    const amplitude = (2 / count) * reference.reduce((sum, value, k) => sum + value * samples[from + k], 0);
    const square = reference.reduce((sum, value, k) => sum + (samples[from + k] - amplitude * value) ** 2, 0);
    return { amplitude, residue: Math.sqrt(square / count) };
  }

  for (const rate of [8000, 22050, 44100, 48000]) {
    test(`a tone at a sample rate of ${rate} Hz keeps its frequency and level, without delay`, async () => {
      const samples = await samplesOf([fmt({ rate }), data(integers(tone(1000, rate), 16))], true);
      assert.ok(Math.abs(samples.length - 16_000) <= 1, `${samples.length} samples`);
      const { amplitude, residue } = analyse(samples, 1000);
      assert.ok(Math.abs(amplitude - 16384) < 20, `amplitude ${amplitude}`);
      assert.ok(residue < 10, `residue ${residue}`);
    });
  }

  test('a tone above 8 kHz disappears instead of aliasing', async () => {
    const samples = await samplesOf([fmt({ rate: 48000 }), data(integers(tone(10_000, 48_000), 16))], true);
    assert.ok(samples.slice(2000, 14_000).every((sample) => Math.abs(sample) <= 2));
  });

  test('a long recording keeps its length and its end', async () => {
    const seconds = 24;
    const second = tone(1000, 48_000);
    const body = integers(second, 16);
    const wav = riff([fmt({ rate: 48_000 }), data(Buffer.concat(Array.from({ length: seconds }, () => body)))]);
    const samples = await decodeSamples(wav, 'noise.wav', { resample: true });
    assert.ok(Math.abs(samples.length - seconds * 16_000) <= 1, `${samples.length} samples`);
    const { amplitude, residue } = analyse([...samples.subarray(-16_000 - (samples.length % 16_000))], 1000);
    assert.ok(Math.abs(amplitude - 16384) < 20 && residue < 10, `amplitude ${amplitude}, residue ${residue}`);
  });

  test('a rate that no recording has is refused', async () => {
    for (const rate of [1, 60, 0xffffffff / 2 - 1]) {
      const wav = riff([fmt({ rate: Math.floor(rate) }), data(integers(FOUR, 16))]);
      await assert.rejects(decodeSamples(wav, 'x.wav', { resample: true }), RecordingError);
    }
  });

  test('a recording is read from a file and decoded', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'spikeword-'));
    try {
      const path = join(folder, 'clip.wav');
      writeFileSync(path, riff([fmt({ rate: 32_000 }), data(integers([...FOUR, ...FOUR], 16))]));
      assert.equal((await readRecording(path, { resample: true })).length, 4);
      await assert.rejects(readRecording(path), /clip\.wav: is at 32000 Hz/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

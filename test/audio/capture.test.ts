import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, describe, test } from 'node:test';
import { pvRecorder } from '../../host/audio/capture/pvrecorder.js';
import {
  listInputDevices,
  openMicrophone,
  parseAlsaDevices,
  parseFfmpegDevices,
  pcmSamples,
  recordedSource,
  type SampleSource,
} from '../../host/audio/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { CaptureError } from '../../host/system/error.js';
import { temporaryFolder } from '../dataset/corpus.js';

async function all(source: AsyncIterable<Int16Array>): Promise<number[]> {
  const samples: number[] = [];
  for await (const piece of source) samples.push(...piece);
  return samples;
}

describe('raw samples of a byte stream', () => {
  const bytes = Uint8Array.of(1, 0, 0xff, 0xff, 0, 0x80, 0xff, 0x7f, 0x34, 0x12);
  const samples = [1, -1, -32_768, 32_767, 0x1234];

  test('are little-endian int16, however the bytes are cut', async () => {
    for (const size of [1, 2, 3, 5, 10]) {
      const chunks = Array.from({ length: Math.ceil(10 / size) }, (_, k) =>
        Buffer.from(bytes.subarray(k * size, (k + 1) * size)),
      );
      assert.deepEqual(await all(pcmSamples(Readable.from(chunks), 'test')), samples, `chunks of ${size}`);
    }
  });

  test('are refused if the stream ends within a sample', async () => {
    await assert.rejects(all(pcmSamples(Readable.from([Buffer.from(bytes.subarray(0, 9))]), 'pipe')), {
      name: 'CaptureError',
      message: /^pipe: ends in the middle of a sample/,
    });
  });

  test('are refused if they are a WAV file, whose samples may have any rate', async () => {
    const wav = Buffer.from(encodeWav(new Int16Array(100)));
    await assert.rejects(all(pcmSamples(Readable.from([wav]), 'pipe')), {
      name: 'CaptureError',
      message:
        /^pipe: is a recording with a header, as WAV has, expected 16-bit little-endian PCM, mono, at 16 kHz \(.*--wav\)$/,
    });
    // In the middle of a recording, these bytes are two loud samples.
    assert.equal((await all(pcmSamples(Readable.from([Buffer.alloc(2), wav]), 'pipe'))).length, 1 + wav.length / 2);
  });
});

test('a recording as a source gives tenths of a second, once or repeatedly until it is closed', async () => {
  const recording = Int16Array.from({ length: 4000 }, (_, k) => k);
  assert.deepEqual(await all(recordedSource(recording, 'once')), [...recording]);
  const loop = recordedSource(recording, 'loop', true);
  const pieces: number[] = [];
  for await (const piece of loop) {
    pieces.push(piece.length);
    if (pieces.length === 7) loop.close();
  }
  assert.deepEqual(pieces, [1600, 1600, 800, 1600, 1600, 800, 1600]);
});

describe('a microphone', () => {
  const path = process.env.PATH;
  afterEach(() => {
    process.env.PATH = path;
  });

  /** Puts a folder with a script in place of arecord first in the PATH. */
  function arecord(script: string): void {
    process.env.PATH = `${scripts({ arecord: script })}:${path}`;
  }

  /** Returns a folder of scripts in place of programs. */
  function scripts(programs: Readonly<Record<string, string>>): string {
    const folder = temporaryFolder();
    for (const [name, script] of Object.entries(programs)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
      chmodSync(join(folder, name), 0o755);
    }
    return folder;
  }

  const open = (device?: string): Promise<SampleSource> => openMicrophone({ recorder: 'arecord', device });

  test('delivers the samples of its recorder, as 16-bit mono at 16 kHz', async () => {
    arecord('echo "$@" >&2; case "$*" in *"-f S16_LE -c 1 -r 16000 -") printf "\\001\\000\\002\\000";; esac; sleep 60');
    const source = await open();
    for await (const piece of source) {
      assert.deepEqual([...piece], [1, 2]);
      break;
    }
  });

  for (const [what, device, script, message] of [
    [
      'that does not exist',
      'hw:7',
      'echo "arecord: main:831: audio open error: No such file or directory" >&2; exit 1',
      /^arecord, device hw:7: no microphone \(--list-devices lists the microphones\): .*No such file/,
    ],
    [
      'that is unplugged',
      undefined,
      'printf aaaa; sleep 0.1; echo "arecord: pcm_read:2221: read error: No such device" >&2; exit 1',
      /^arecord: the microphone is gone \(--list-devices lists the microphones\): .*No such device$/,
    ],
    [
      'that is busy',
      undefined,
      'echo "arecord: main:831: audio open error: Device or resource busy" >&2; exit 1',
      /^arecord: the microphone is busy: another program uses it: .*resource busy$/,
    ],
    [
      'of a sound server that is not running',
      'pulse',
      'echo "arecord: main:831: audio open error: Connection refused" >&2; exit 1',
      /^arecord, device pulse: the sound server is not running/,
    ],
    [
      'of a PipeWire that is not running',
      undefined,
      'echo "error: pw_context_connect() failed: Host is down" >&2; exit 1',
      /^arecord: the sound server is not running \(start it, .*systemctl --user start pipewire.*\): .*Host is down$/,
    ],
    [
      'without permission',
      undefined,
      'echo "arecord: main:831: audio open error: Permission denied" >&2; exit 1',
      /^arecord: no permission to use the microphone: /,
    ],
    [
      'with another rate',
      'hw:1',
      'echo "Warning: rate is not accurate (requested = 16000Hz, got = 44100Hz)" >&2; while :; do echo aaaa; sleep 0.1; done',
      /^arecord, device hw:1: the device does not give 16 kHz, 16 bit, mono \(.*--device plughw.*\): Warning: rate/,
    ],
    [
      'with more than one channel',
      'hw:1',
      'echo "arecord: set_params:1349: Channels count non available" >&2; exit 1',
      /^arecord, device hw:1: the device does not give 16 kHz, 16 bit, mono/,
    ],
    [
      'whose device cannot be set up',
      'hw:1',
      'echo "arecord: set_params:1416: Unable to install hw params:" >&2; exit 1',
      /^arecord, device hw:1: the device does not give 16 kHz, .*use --device plughw:.*: .*Unable to install hw params/,
    ],
    ['that ends', undefined, 'printf aaaa; exit 0', /^arecord: ended with code 0$/],
    ['whose recorder is killed', undefined, 'printf aaaa; kill -KILL $$', /^arecord: was ended by SIGKILL$/],
    [
      'that fails for an unknown reason',
      undefined,
      'echo "moon phase" >&2; exit 3',
      /^arecord: ended with code 3: moon/,
    ],
  ] as const) {
    test(`${what} fails with that reason`, async () => {
      arecord(script);
      await assert.rejects(all(await open(device)), (error) => {
        assert.ok(error instanceof CaptureError);
        assert.match(error.message, message);
        return true;
      });
    });
  }

  test('that delivers nothing for ten seconds fails with that reason', async (t) => {
    arecord('exec sleep 60');
    const source = await open();
    t.mock.timers.enable({ apis: ['setTimeout'] });
    const heard = all(source);
    // Without this, the rejection is unhandled while the clock is moved.
    heard.catch(() => {});
    t.mock.timers.tick(9999);
    t.mock.timers.tick(1);
    await assert.rejects(heard, { name: 'CaptureError', message: /^arecord: delivers no samples for 10 s: plug/ });
  });

  test('warns that samples were lost, and continues', async () => {
    arecord('echo "overrun!!! (at least 12.345 ms long)" >&2; sleep 0.1; printf "aabb"; exit 0');
    const warnings: string[] = [];
    const source = await openMicrophone({ recorder: 'arecord', onWarning: (text) => warnings.push(text) });
    await assert.rejects(all(source), /ended with code 0/);
    assert.deepEqual(warnings, ['arecord: overrun!!! (at least 12.345 ms long): samples were lost']);
  });

  test('kills a recorder that does not end when it is told to, and says so', async () => {
    arecord('trap "" TERM; printf aaaa; while :; do sleep 0.1; done');
    const warnings: string[] = [];
    const source = await openMicrophone({ recorder: 'arecord', onWarning: (text) => warnings.push(text) });
    for await (const _ of source) break;
    for (let tries = 0; warnings.length === 0 && tries < 100; tries++)
      await new Promise((next) => setTimeout(next, 50));
    assert.deepEqual(warnings, ['arecord: did not end when it was told to, and was killed']);
  });

  test('uses the next recorder if one finds no microphone', async () => {
    const missing = 'echo "no such device" >&2; exit 1';
    process.env.PATH = `${scripts({ arecord: missing, parec: 'printf aabb; exec sleep 60' })}:${path}`;
    const source = await openMicrophone();
    for await (const piece of source) {
      assert.deepEqual([...piece], [0x6161, 0x6262]);
      break;
    }
    assert.equal(source.name, 'microphone (parec)');
  });

  test('names the faults of all recorders if none finds a microphone', async () => {
    const missing = 'echo "no such device" >&2; exit 1';
    const refused = 'echo "Connection failure: Connection refused" >&2; exit 1';
    const programs = { arecord: missing, parec: refused, 'pw-record': missing, sox: missing, ffmpeg: missing };
    process.env.PATH = `${scripts(programs)}:${path}`;
    await assert.rejects(all(await openMicrophone()), (error) => {
      assert.ok(error instanceof CaptureError);
      assert.match(
        error.message,
        /^arecord: no microphone .*; also tried parec: the sound server is not running.*; also/,
      );
      return true;
    });
  });

  test('is listed by the sound server, without its monitors and loudspeakers', async () => {
    const nodes = [
      { type: 'PipeWire:Interface:Core', info: { props: {} } },
      { info: { props: { 'media.class': 'Audio/Sink', 'node.name': 'speaker' } } },
      { info: { props: { 'media.class': 'Audio/Source', 'node.name': 'mic', 'node.description': 'Webcam' } } },
      { id: 3 },
    ];
    const programs = {
      parec: 'exit 1',
      pactl: 'printf "1\\tspeaker.monitor\\tPipeWire\\tfloat32le\\n2\\tmic\\tPipeWire\\ts16le 1ch 16000Hz\\n"',
      'pw-record': 'exit 1',
      'pw-dump': `cat <<'END'\n${JSON.stringify(nodes)}\nEND`,
    };
    process.env.PATH = `${scripts(programs)}:${path}`;
    assert.deepEqual(await listInputDevices('parec'), {
      recorder: 'parec',
      devices: [{ name: 'mic', description: 's16le 1ch 16000Hz' }],
    });
    assert.deepEqual(await listInputDevices('pw-record'), {
      recorder: 'pw-record',
      devices: [{ name: 'mic', description: 'Webcam' }],
    });
    const refused = 'echo "Connection failure: Connection refused" >&2; exit 1';
    process.env.PATH = `${scripts({ ...programs, pactl: refused, 'pw-dump': refused })}:${path}`;
    for (const name of ['parec', 'pw-record'] as const) {
      await assert.rejects(listInputDevices(name), /^CaptureError: (pw-dump|pactl): the sound server is not running/);
    }
  });

  test('cannot be opened without a recorder', async () => {
    process.env.PATH = temporaryFolder();
    await assert.rejects(openMicrophone(), {
      message: /^no recording program is installed: install alsa-utils.*parec.*sox or ffmpeg/,
    });
    await assert.rejects(openMicrophone({ recorder: 'sox' }), { message: 'sox: not installed' });
    await assert.rejects(listInputDevices(), {
      message: /^no recording program is installed: install alsa-utils.*parec.*sox or ffmpeg/,
    });
  });
});

describe('the optional package pvrecorder', () => {
  test('is not needed', async () => {
    assert.equal(await pvRecorder('@picovoice/no-such-package'), null);
  });

  test('records from a device that is given by its name', async () => {
    const folder = join(temporaryFolder(), 'pvrecorder.mjs');
    mkdirSync(join(folder, '..'), { recursive: true });
    writeFileSync(
      folder,
      `export class PvRecorder {
        static getAvailableDevices() { return ['built-in', 'headset']; }
        constructor(frameLength, index) { this.frameLength = frameLength; this.index = index; }
        start() {} stop() {} release() {}
        async read() { return new Int16Array(this.frameLength).fill(this.index); }
      }`,
    );
    const { openPvRecorder } = await import('../../host/audio/capture/pvrecorder.js');
    const Recorder = await pvRecorder(folder);
    assert.ok(Recorder !== null);
    for await (const piece of openPvRecorder(Recorder, 'headset')) {
      assert.deepEqual([piece.length, piece[0]], [512, 1]);
      break;
    }
    assert.throws(() => openPvRecorder(Recorder, 'moon'), { name: 'CaptureError', message: /no device moon/ });
  });

  test('releases the device only after the read that is in progress', async () => {
    const { openPvRecorder } = await import('../../host/audio/capture/pvrecorder.js');
    const calls: string[] = [];
    let heard = (_: Int16Array): void => {};
    class Recorder {
      static getAvailableDevices = (): string[] => [];
      readonly sampleRate = 16_000;
      start = (): void => {};
      stop = (): void => void calls.push('stop');
      release = (): void => void calls.push('release');
      read = (): Promise<Int16Array> =>
        new Promise((resolve) => {
          heard = resolve;
        });
    }
    const source = openPvRecorder(Recorder, undefined);
    const pieces = all(source);
    source.close();
    assert.deepEqual(calls, []);
    heard(Int16Array.of(1));
    assert.deepEqual(await pieces, []);
    assert.deepEqual(calls, ['stop', 'release']);
    openPvRecorder(Recorder, undefined).close();
    assert.deepEqual(calls, ['stop', 'release', 'stop', 'release']);
  });
});

test('the devices of ALSA are read from its list, without those that only convert', () => {
  const list =
    'null\n    Discard all samples\nplughw:CARD=PCH,DEV=0\n    HDA Intel PCH\n    Hardware device\nspeex\n    DSP\n';
  assert.deepEqual(parseAlsaDevices(list), [
    { name: 'plughw:CARD=PCH,DEV=0', description: 'HDA Intel PCH, Hardware device' },
  ]);
  assert.deepEqual(parseAlsaDevices(''), []);
});

test('the devices of macOS and Windows are read from the list of ffmpeg', () => {
  const mac = `[AVFoundation indev @ 0x7f] AVFoundation video devices:
[AVFoundation indev @ 0x7f] [0] FaceTime HD Camera
[AVFoundation indev @ 0x7f] AVFoundation audio devices:
[AVFoundation indev @ 0x7f] [0] MacBook Pro Microphone\n`;
  assert.deepEqual(parseFfmpegDevices(mac, 'ffmpeg'), [{ name: ':0', description: 'MacBook Pro Microphone' }]);
  const windows = `[dshow @ 000001] "HD Webcam" (video)\n[dshow @ 000001] "Microphone (Realtek)" (audio)\n`;
  assert.deepEqual(parseFfmpegDevices(windows, 'ffmpeg'), [
    { name: 'audio=Microphone (Realtek)', description: 'Microphone (Realtek)' },
  ]);
  // sox uses the system's own names.
  assert.deepEqual(parseFfmpegDevices(mac, 'sox'), [{ name: 'MacBook Pro Microphone', description: '' }]);
});

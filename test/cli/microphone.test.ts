import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { stripVTControlCharacters } from 'node:util';
import type { Detection } from '../../host/core/detection/index.js';
import { encodeWav } from '../../host/core/wav/index.js';
import { without } from '../audio/sound-programs.js';
import { MODEL, POINT_OPTIONS, WORDS, wordsInARow } from '../detection/words.js';
import { MAIN, spikeword, unwrapped } from './spikeword.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-microphone-'));
after(() => rmSync(folder, { recursive: true, force: true }));
const { samples } = await wordsInARow();
const wav = join(folder, 'words.wav');
writeFileSync(wav, encodeWav(samples));

const wordsIn = (stdout: string): string[] =>
  stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => (JSON.parse(line) as Detection).word);

describe('spikeword listen through ALSA, with a file as the microphone', () => {
  const raw = join(folder, 'words.raw');
  writeFileSync(raw, Buffer.from(samples.buffer));
  writeFileSync(
    join(folder, '.asoundrc'),
    `pcm.played { type file; slave.pcm "null"; file /dev/null; infile "${raw}"; format raw }\n`,
  );
  const listen = (...args: string[]) => {
    const command = [MAIN, 'listen', MODEL, ...POINT_OPTIONS, ...args];
    return spawnSync(process.execPath, command, { encoding: 'utf8', env: { ...process.env, HOME: folder } });
  };
  const expected = spikeword('listen', MODEL, ...POINT_OPTIONS, '--wav', wav, '--json', '--seconds', '4').stdout;

  for (const recorder of ['arecord', 'sox', 'ffmpeg']) {
    test(`hears with ${recorder} the same as in the file`, { skip: without(recorder, 'arecord') }, () => {
      const { status, stdout, stderr } = listen(
        '--device',
        'played',
        '--recorder',
        recorder,
        '--json',
        '--seconds',
        '4',
      );
      assert.equal(status, 0, stderr);
      assert.equal(stdout, expected);
      assert.ok(wordsIn(stdout).length >= 5);
      assert.match(stderr, new RegExp(`^played \\(${recorder}\\): 4\\.0 s heard, \\d detections\n$`));
    });

    test(`reports with ${recorder} that a device does not exist`, { skip: without(recorder, 'arecord') }, () => {
      const { status, stdout, stderr } = listen('--device', 'hw:CARD=nowhere', '--recorder', recorder);
      assert.deepEqual([status, stdout], [1, '']);
      assert.match(
        stderr,
        new RegExp(`^CaptureError: ${recorder}, device hw:CARD=nowhere: no microphone \\(--list-dev`),
      );
      assert.equal(stderr.trimEnd().split('\n').length, 1);
    });
  }

  test('lists the devices', { skip: without('arecord') }, () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, 'listen', '--list-devices', '--json'], {
      encoding: 'utf8',
    });
    assert.equal(status, 0, stderr);
    const { recorder, devices } = JSON.parse(stdout) as { recorder: string; devices: { name: string }[] };
    assert.equal(recorder, 'arecord');
    assert.ok(devices.every(({ name }) => name !== 'null'));
  });
});

/** A sound server without a sound card, whose sink is heard by the source `mic`. */
interface SoundServer {
  readonly needs: readonly string[];
  /** The command that runs it until it is ended, with its folder as XDG_RUNTIME_DIR. */
  readonly command: readonly string[];
  readonly socket: string;
  /** The names of its microphone by recorder. */
  readonly devices: Readonly<Record<string, string>>;
}

const SERVERS: Readonly<Record<string, SoundServer>> = {
  PulseAudio: {
    needs: ['pulseaudio', 'arecord', 'parec'],
    command: [
      ...['pulseaudio', '--daemonize=no', '--exit-idle-time=-1', '-n', '--disable-shm=true'],
      `--load=module-native-protocol-unix auth-anonymous=1 socket=${join(folder, 'PulseAudio', 'native')}`,
    ],
    socket: 'native',
    devices: { arecord: 'pulse', parec: 'mic' },
  },
  PipeWire: {
    needs: ['pipewire', 'pipewire-pulse', 'wireplumber', 'dbus-run-session', 'parec', 'pw-record', 'pw-dump'],
    command: ['dbus-run-session', 'sh', '-c', 'pipewire & sleep 1; pipewire-pulse & exec wireplumber'],
    socket: 'pulse/native',
    devices: { parec: 'mic', 'pw-record': 'mic' },
  },
};

for (const [name, { needs, command, socket, devices }] of Object.entries(SERVERS)) {
  describe(`spikeword listen through ${name}, in real time`, { skip: without(...needs, 'paplay', 'pactl') }, () => {
    const runtime = join(folder, name);
    const env = {
      ...process.env,
      HOME: runtime,
      XDG_RUNTIME_DIR: runtime,
      PULSE_RUNTIME_PATH: join(runtime, 'pulse'),
      PULSE_SERVER: `unix:${join(runtime, socket)}`,
      PULSE_SOURCE: 'mic',
    };
    const pactl = (...args: string[]) => spawnSync('pactl', args, { env, encoding: 'utf8' });
    const until = async (isSo: () => boolean): Promise<void> => {
      for (let tries = 0; !isSo() && tries < 100; tries++) await new Promise((next) => setTimeout(next, 100));
    };
    let server: ChildProcess;

    before(async () => {
      mkdirSync(runtime, { mode: 0o700 });
      // a group of its own, so that all of its programs can be ended
      server = spawn(command[0], command.slice(1), { env, stdio: 'ignore', detached: true });
      await until(() => existsSync(join(runtime, socket)));
      await until(() => pactl('load-module', 'module-null-sink', 'sink_name=words', 'rate=16000').status === 0);
      await until(() => pactl('list', 'short', 'sources').stdout.includes('words.monitor'));
      const { stderr } = pactl('load-module', 'module-remap-source', 'master=words.monitor', 'source_name=mic');
      assert.equal(stderr, '');
    });
    after(async () => {
      const gone = once(server, 'exit');
      process.kill(-(server.pid as number), 'SIGTERM');
      await gone;
    });

    for (const [recorder, device] of Object.entries(devices)) {
      test(`hears with ${recorder} words that are played on a sink without a sound card`, async () => {
        const source = ['--recorder', recorder, '--device', device];
        const args = [MAIN, 'listen', MODEL, ...source, '--json', '--seconds', '9', ...POINT_OPTIONS];
        const child = spawn(process.execPath, args, { env });
        let [stdout, stderr] = ['', ''];
        child.stdout.on('data', (text) => {
          stdout += text;
        });
        child.stderr.on('data', (text) => {
          stderr += text;
        });
        const ended = once(child, 'close');
        // A recorder may start slowly on a busy machine, and what is played before it starts is lost. The source has
        // one that listens to the sink.
        const recorders = () => pactl('list', 'short', 'source-outputs').stdout.trim().split('\n').length;
        await until(() => recorders() > 1);
        const player = spawn('paplay', ['--device=words', wav], { env, stdio: 'ignore' });
        assert.deepEqual(await ended, [0, null], stderr);
        player.kill();
        const heard = wordsIn(stdout);
        const known = WORDS.filter((word) => heard.includes(word));
        assert.ok(known.length >= 6, `heard ${heard.join(' ')}; ${stderr}`);
        assert.doesNotMatch(stderr, /lost/);
      });

      if (recorder === 'arecord') continue;
      test(`lists with ${recorder} the microphone, and not the monitor of the sink`, () => {
        const args = [MAIN, 'listen', '--list-devices', '--recorder', recorder, '--json'];
        const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
        assert.equal(status, 0, stderr);
        assert.deepEqual(
          JSON.parse(stdout).devices.map((found: { name: string }) => found.name),
          ['mic'],
        );
      });
    }
  });
}

test('listen says within seconds that the microphone gives only zeros, on a terminal and to a program', () => {
  const programs = mkdtempSync(join(folder, 'muted-'));
  const zeros = '#!/bin/sh\nwhile :; do head -c 3200 /dev/zero; sleep 0.1; done\n';
  writeFileSync(join(programs, 'arecord'), zeros, { mode: 0o755 });
  const env = { ...process.env, PATH: `${programs}:${process.env.PATH}` };
  const args = [MAIN, 'listen', MODEL, '--recorder', 'arecord', '--seconds', '4', '--json'];
  const warning = 'microphone (arecord): nothing but zeros for 3 s; is the microphone muted?';
  const { status, stdout, stderr } = spawnSync(process.execPath, args, { env, encoding: 'utf8' });
  assert.equal(status, 0);
  assert.deepEqual(stderr.split('\n')[0], warning);
  assert.deepEqual(JSON.parse(stdout), { warning });
  const terminal = ['--import', 'data:text/javascript,process.stderr.isTTY = true; process.stderr.columns = 60'];
  const shown = spawnSync(process.execPath, [...terminal, ...args.slice(0, -1)], { env, encoding: 'utf8' });
  assert.deepEqual([shown.status, shown.stdout], [0, '']);
  assert.equal(unwrapped(stripVTControlCharacters(shown.stderr)).split(warning).length, 2, 'once');
});

import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { SAMPLE_RATE_HZ } from '../../core/audio/index.js';

/** A program that can record raw PCM (int16, mono, 16 kHz) to its stdout. */
export interface Recorder {
  readonly name: 'arecord' | 'parec' | 'pw-record' | 'sox' | 'ffmpeg';
  /** Returns the arguments for a device, or for the default device of the system. */
  readonly record: (device: string | undefined) => readonly string[];
}

const RATE = String(SAMPLE_RATE_HZ);
/** The names of the sound driver of each system in sox and in ffmpeg, and the default device in ffmpeg. */
const DRIVERS: Readonly<Record<string, readonly [sox: string, ffmpeg: string, standard: string]>> = {
  darwin: ['coreaudio', 'avfoundation', ':default'],
  win32: ['waveaudio', 'dshow', 'audio=default'],
};
const [SOX_DRIVER, FFMPEG_DRIVER, FFMPEG_DEFAULT] = DRIVERS[process.platform] ?? ['alsa', 'alsa', 'default'];
/** avfoundation and dshow choose their own rate and ffmpeg converts it; ALSA uses the rate that it is given. */
const FFMPEG_FORMAT = FFMPEG_DRIVER === 'alsa' ? ['-sample_rate', RATE, '-channels', '1'] : [];

function helpOf(program: string): string {
  const { stdout, stderr } = spawnSync(program, ['--help'], { encoding: 'utf8' });
  return `${stdout}${stderr}`;
}

/** The recorders, in the order in which they are tried. */
export const RECORDERS: readonly Recorder[] = [
  {
    name: 'arecord',
    // Without -q, which hides the warning about another sample rate.
    record: (device) => [
      ...(device === undefined ? [] : ['-D', device]),
      ...['-t', 'raw', '-f', 'S16_LE', '-c', '1', '-r', RATE, '-'],
    ],
  },
  {
    // PulseAudio, and PipeWire in its place, also where there is no ALSA device for them
    name: 'parec',
    record: (device) => [
      ...(device === undefined ? [] : [`--device=${device}`]),
      ...['--raw', '--format=s16le', '--channels=1', `--rate=${RATE}`, '--latency-msec=50'],
    ],
  },
  {
    name: 'pw-record',
    record: (device) => [
      ...(device === undefined ? [] : ['--target', device]),
      // newer versions write a header without it, older ones do not know it
      ...(helpOf('pw-record').includes('--raw') ? ['--raw'] : []),
      ...['--format', 's16', '--channels', '1', '--rate', RATE, '-'],
    ],
  },
  {
    name: 'sox',
    record: (device) => [
      '-q',
      ...(device === undefined ? ['-d'] : ['-r', RATE, '-c', '1', '-t', SOX_DRIVER, device]),
      ...['-t', 'raw', '-r', RATE, '-e', 'signed', '-b', '16', '-L', '-c', '1', '-'],
    ],
  },
  {
    name: 'ffmpeg',
    record: (device) => [
      ...['-hide_banner', '-loglevel', 'error', '-nostdin', ...FFMPEG_FORMAT],
      ...['-f', FFMPEG_DRIVER, '-i', device ?? FFMPEG_DEFAULT],
      ...['-ac', '1', '-ar', RATE, '-f', 's16le', '-'],
    ],
  },
];

/** Whether a program of this name is in the PATH. */
export function isInstalled(program: string): boolean {
  const names = process.platform === 'win32' ? [`${program}.exe`] : [program];
  return (process.env.PATH ?? '').split(delimiter).some((folder) =>
    names.some((name) => {
      try {
        accessSync(join(folder, name), constants.X_OK);
        return true;
      } catch {
        return false;
      }
    }),
  );
}

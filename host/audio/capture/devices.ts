import { spawnSync } from 'node:child_process';
import { CaptureError } from '../../system/index.js';
import { faultText } from './fault.js';
import { installedRecorders, notInstalled, type RecorderName } from './microphone.js';
import { pvRecorder } from './pvrecorder.js';

/** A device that `openMicrophone` can open by its name. */
export interface InputDevice {
  readonly name: string;
  readonly description: string;
}

/**
 * Returns what a program writes on stdout and stderr. The exit code is ignored: listing devices may end with an error.
 */
function output(program: string, ...args: string[]): string {
  const { stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error) throw new CaptureError(`${program}: cannot be started: ${error.message}`, { cause: error });
  return `${stdout}\n${stderr}`;
}

/** Returns what a program of a sound server writes on stdout. Throws `CaptureError` if the server does not run. */
function serverOutput(program: string, ...args: string[]): string {
  const options = { encoding: 'utf8', env: { ...process.env, LC_ALL: 'C' }, maxBuffer: 1 << 26 } as const;
  const { stdout, stderr, error, status } = spawnSync(program, args, options);
  if (error) throw new CaptureError(`${program}: cannot be started: ${error.message}`, { cause: error });
  if (status === 0) return stdout;
  throw new CaptureError(faultText(program, undefined, stderr.split('\n'), `ended with code ${status}`, false));
}

/** Names in ALSA's list that convert or discard sound and are not microphones. */
const NO_MICROPHONE = /^(null|lavrate|samplerate|speexrate|speex|upmix|vdownmix|oss)$/;

/** Parses `arecord -L`: a name at the beginning of a line, and its description in the indented lines below. */
export function parseAlsaDevices(text: string): InputDevice[] {
  const devices: { name: string; description: string }[] = [];
  for (const line of text.split('\n')) {
    if (/^[\w.:=,+-]+$/.test(line)) devices.push({ name: line, description: '' });
    const last = devices.at(-1);
    if (/^\s+\S/.test(line) && last !== undefined) {
      last.description = [last.description, line.trim()].filter((part) => part !== '').join(', ');
    }
  }
  return devices.filter(({ name }) => !NO_MICROPHONE.test(name));
}

/** Parses the list of avfoundation or dshow devices of ffmpeg, and returns the names that the recorder expects. */
export function parseFfmpegDevices(text: string, recorder: string): InputDevice[] {
  const audio = text.slice(Math.max(0, text.search(/audio devices/i)));
  const macOs = [...audio.matchAll(/\] \[(\d+)\] (.+)/g)].map(([, index, name]) => ({
    name: `:${index}`,
    description: name,
  }));
  const windows = [...text.matchAll(/"([^"]+)" \(audio\)/g)].map(([, name]) => ({
    name: `audio=${name}`,
    description: name,
  }));
  const devices = macOs.length > 0 ? macOs : windows;
  // sox uses the system's name of a device, which in ffmpeg's list is the description.
  return recorder === 'sox' ? devices.map(({ description }) => ({ name: description, description: '' })) : devices;
}

/** Parses `pactl list short sources`: number, name, driver, format and state, separated by tabs. */
export function parsePulseSources(text: string): InputDevice[] {
  return text
    .split('\n')
    .map((line) => line.split('\t'))
    .filter(([number, name]) => /^\d+$/.test(number) && name !== undefined && !name.endsWith('.monitor'))
    .map(([, name, , format = '']) => ({ name, description: format }));
}

/** Parses what `pw-dump` writes: all objects of PipeWire. */
export function parsePipeWireNodes(text: string): InputDevice[] {
  const objects = JSON.parse(text) as { info?: { props?: Record<string, unknown> } }[];
  return objects
    .map(({ info }) => info?.props ?? {})
    .filter((props) => String(props['media.class']).startsWith('Audio/Source'))
    .map((props) => ({ name: String(props['node.name']), description: String(props['node.description'] ?? '') }));
}

/** Lists the microphones for the recorder that `openMicrophone` would use. Throws `CaptureError`. */
export async function listInputDevices(
  name?: RecorderName,
): Promise<{ readonly recorder: string; readonly devices: InputDevice[] }> {
  const [recorder] = installedRecorders(name);
  if (recorder === undefined) {
    const Recorder = await pvRecorder();
    if (Recorder === null) throw notInstalled(name);
    const devices = Recorder.getAvailableDevices().map((device) => ({ name: device, description: '' }));
    return { recorder: 'pvrecorder', devices };
  }
  if (process.platform === 'darwin' || process.platform === 'win32') {
    if (installedRecorders('ffmpeg').length === 0) {
      throw new CaptureError(`${recorder.name} cannot list devices: install ffmpeg`);
    }
    const driver = process.platform === 'darwin' ? 'avfoundation' : 'dshow';
    const text = output('ffmpeg', '-hide_banner', '-f', driver, '-list_devices', 'true', '-i', 'dummy');
    return { recorder: recorder.name, devices: parseFfmpegDevices(text, recorder.name) };
  }
  if (recorder.name === 'parec') {
    return { recorder: 'parec', devices: parsePulseSources(serverOutput('pactl', 'list', 'short', 'sources')) };
  }
  if (recorder.name === 'pw-record') {
    return { recorder: 'pw-record', devices: parsePipeWireNodes(serverOutput('pw-dump')) };
  }
  // sox and ffmpeg also use ALSA's names, but cannot list them all.
  if (installedRecorders('arecord').length === 0) {
    throw new CaptureError(`${recorder.name} cannot list ALSA's devices: install alsa-utils (arecord)`);
  }
  return { recorder: recorder.name, devices: parseAlsaDevices(output('arecord', '-L')) };
}

import { spawnSync } from 'node:child_process';
import { CaptureError } from '../../system/index.js';
import { installedRecorder, notInstalled, type RecorderName } from './microphone.js';
import { pvRecorder } from './pvrecorder.js';

/** A device that `openMicrophone` takes by its name. */
export interface InputDevice {
  readonly name: string;
  readonly description: string;
}

/** What a program says about devices, on whichever stream; programs that list devices may well end with an error. */
function output(program: string, ...args: string[]): string {
  const { stdout, stderr, error } = spawnSync(program, args, {
    encoding: 'utf8',
    env: { ...process.env, LC_ALL: 'C' },
  });
  if (error) throw new CaptureError(`${program}: cannot be started: ${error.message}`, { cause: error });
  return `${stdout}\n${stderr}`;
}

/** Names in ALSA's list that convert or discard; none of them is a microphone. */
const NO_MICROPHONE = /^(null|lavrate|samplerate|speexrate|speex|upmix|vdownmix|oss)$/;

/** `arecord -L`: a name at the beginning of a line, what it is in the indented lines below. */
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

/** ffmpeg's list of avfoundation or dshow devices on its stderr, with the names by which a recorder takes them. */
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
  // sox asks the system for a device, which knows it by what ffmpeg only describes it with
  return recorder === 'sox' ? devices.map(({ description }) => ({ name: description, description: '' })) : devices;
}

/** The devices that can be listened to, for the recorder that `openMicrophone` would use. Throws `CaptureError`. */
export async function listInputDevices(
  name?: RecorderName,
): Promise<{ readonly recorder: string; readonly devices: InputDevice[] }> {
  const recorder = installedRecorder(name);
  if (recorder === null) {
    const Recorder = await pvRecorder();
    if (Recorder === null) throw notInstalled(name);
    const devices = Recorder.getAvailableDevices().map((device) => ({ name: device, description: '' }));
    return { recorder: 'pvrecorder', devices };
  }
  if (process.platform === 'darwin' || process.platform === 'win32') {
    if (installedRecorder('ffmpeg') === null) {
      throw new CaptureError(`${recorder.name} cannot list devices: install ffmpeg`);
    }
    const driver = process.platform === 'darwin' ? 'avfoundation' : 'dshow';
    const text = output('ffmpeg', '-hide_banner', '-f', driver, '-list_devices', 'true', '-i', 'dummy');
    return { recorder: recorder.name, devices: parseFfmpegDevices(text, recorder.name) };
  }
  // sox and ffmpeg use ALSA's names too, but cannot list them all
  if (installedRecorder('arecord') === null) {
    throw new CaptureError(`${recorder.name} cannot list ALSA's devices: install alsa-utils (arecord)`);
  }
  return { recorder: recorder.name, devices: parseAlsaDevices(output('arecord', '-L')) };
}

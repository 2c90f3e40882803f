import { CaptureError } from '../../system/index.js';
import { RecorderProcess } from './child.js';
import { FirstThatWorks } from './first-that-works.js';
import { openPvRecorder, pvRecorder } from './pvrecorder.js';
import { isInstalled, RECORDERS, type Recorder } from './recorders.js';
import type { SampleSource } from './source.js';

export const RECORDER_NAMES = ['arecord', 'parec', 'pw-record', 'sox', 'ffmpeg', 'pvrecorder'] as const;
export type RecorderName = (typeof RECORDER_NAMES)[number];

export interface MicrophoneOptions {
  /** A device name of the recorder; default: the system's default microphone. */
  readonly device?: string;
  /** Default: the first recorder that is installed. */
  readonly recorder?: RecorderName;
  /** Called when samples were lost. */
  readonly onWarning?: (text: string) => void;
}

/** Returns the error for a missing recorder, or for no recorder at all, with what to install. */
export function notInstalled(name: RecorderName | undefined): CaptureError {
  const install = 'npm install @picovoice/pvrecorder-node';
  if (name === undefined) {
    return new CaptureError(
      `no recording program is installed: install alsa-utils (arecord), pulseaudio-utils (parec), sox or ffmpeg, or run ${install}`,
    );
  }
  return new CaptureError(`${name}: not installed${name === 'pvrecorder' ? ` (${install})` : ''}`);
}

/** Returns the programs that are installed: that of a name, or all, in the order in which they are tried. */
export function installedRecorders(name?: RecorderName): Recorder[] {
  return RECORDERS.filter((recorder) => (name === undefined || recorder.name === name) && isInstalled(recorder.name));
}

/**
 * Opens a microphone. If a program finds none, the next one is tried: a sound server may have a microphone that ALSA
 * does not. A device is known by its name to one program only, so then only the first one is tried. Throws
 * `CaptureError` if no recorder is installed. Later faults, such as a missing or busy microphone, are thrown by the
 * iteration.
 */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<SampleSource> {
  const { device, recorder: name, onWarning } = options;
  const recorders = installedRecorders(name);
  if (device !== undefined) recorders.splice(1);
  if (recorders.length === 1) return new RecorderProcess(recorders[0], device, onWarning);
  if (recorders.length > 1) {
    return new FirstThatWorks(recorders.map((recorder) => () => new RecorderProcess(recorder, device, onWarning)));
  }
  if (name === undefined || name === 'pvrecorder') {
    const Recorder = await pvRecorder();
    if (Recorder !== null) return openPvRecorder(Recorder, device);
  }
  throw notInstalled(name);
}

import { CaptureError } from '../../system/index.js';
import { RecorderProcess } from './child.js';
import { openPvRecorder, pvRecorder } from './pvrecorder.js';
import { isInstalled, RECORDERS, type Recorder } from './recorders.js';
import type { SampleSource } from './source.js';

export const RECORDER_NAMES = ['arecord', 'sox', 'ffmpeg', 'pvrecorder'] as const;
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
      `no recording program is installed: install alsa-utils (arecord), sox or ffmpeg, or run ${install}`,
    );
  }
  return new CaptureError(`${name}: not installed${name === 'pvrecorder' ? ` (${install})` : ''}`);
}

/** Returns the program of this name, or the first one, if it is installed; otherwise null. */
export function installedRecorder(name?: RecorderName): Recorder | null {
  const wanted = RECORDERS.filter((recorder) => name === undefined || recorder.name === name);
  return wanted.find((recorder) => isInstalled(recorder.name)) ?? null;
}

/**
 * Opens a microphone. Throws `CaptureError` if no recorder is installed. Later faults, such as a missing or busy
 * microphone, are thrown by the iteration.
 */
export async function openMicrophone(options: MicrophoneOptions = {}): Promise<SampleSource> {
  const { device, recorder: name, onWarning } = options;
  const recorder = installedRecorder(name);
  if (recorder !== null) return new RecorderProcess(recorder, device, onWarning);
  if (name === undefined || name === 'pvrecorder') {
    const Recorder = await pvRecorder();
    if (Recorder !== null) return openPvRecorder(Recorder, device);
  }
  throw notInstalled(name);
}

import { CaptureError } from '../../system/index.js';
import { RecorderProcess } from './child.js';
import { openPvRecorder, pvRecorder } from './pvrecorder.js';
import { isInstalled, RECORDERS, type Recorder } from './recorders.js';
import type { SampleSource } from './source.js';

export const RECORDER_NAMES = ['arecord', 'sox', 'ffmpeg', 'pvrecorder'] as const;
export type RecorderName = (typeof RECORDER_NAMES)[number];

export interface MicrophoneOptions {
  /** A name that the recorder knows; default: the system's default microphone. */
  readonly device?: string;
  /** Default: the first that is installed. */
  readonly recorder?: RecorderName;
  /** Told when samples were lost. */
  readonly onWarning?: (text: string) => void;
}

/** That nothing records, or not the recorder that was asked for, and what to install. */
export function notInstalled(name: RecorderName | undefined): CaptureError {
  const install = 'npm install @picovoice/pvrecorder-node';
  if (name === undefined) {
    return new CaptureError(`no program that records: install alsa-utils (arecord), sox or ffmpeg, or ${install}`);
  }
  return new CaptureError(`${name}: not installed${name === 'pvrecorder' ? ` (${install})` : ''}`);
}

/** The program of this name, or the first that is installed; null for none. */
export function installedRecorder(name?: RecorderName): Recorder | null {
  const wanted = RECORDERS.filter((recorder) => name === undefined || recorder.name === name);
  return wanted.find((recorder) => isInstalled(recorder.name)) ?? null;
}

/**
 * Opens a microphone. Whatever goes wrong afterwards, a microphone that is not there or busy among it, is thrown by the
 * iteration. Throws `CaptureError` where nothing that records is installed.
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

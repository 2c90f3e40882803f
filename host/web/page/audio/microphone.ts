import captureUrl from './capture.worklet.ts?worker&url';

/** A microphone that cannot be used: what is wrong, and what to do. */
export class MicrophoneError extends Error {}

export interface Microphone {
  /** What the system calls it. */
  readonly name: string;
  /** The rate of the device; `onSamples` gets it unconverted. */
  readonly sampleRateHz: number;
  /** Gives the device back. */
  stop(): void;
}

export interface MicrophoneListener {
  /** @param samples ±1, mono @param lagMs how long ago they were recorded */
  readonly onSamples: (samples: Float32Array, lagMs: number) => void;
  /** Called once if the device goes away, or is taken away. */
  readonly onEnd: (error: MicrophoneError) => void;
}

const FAULTS: Readonly<Record<string, string>> = {
  NotAllowedError:
    'The microphone was refused. Allow it for this page in the browser’s address bar (and for the browser in the settings of the system), then press Listen again.',
  NotFoundError: 'No microphone was found. Plug one in and press Listen again, or open a recording.',
  NotReadableError:
    'The microphone cannot be opened: another program may be using it. Close that one and press Listen again.',
  OverconstrainedError: 'That microphone is gone. Choose another one and press Listen again.',
};

const INSECURE =
  'A browser lends the microphone only to pages from this machine or over https. Open this page as http://localhost, which is what spikeword web prints, or open a recording.';

/** What the network was trained on is what a microphone gives, not what a telephone call would make of it. */
const UNPROCESSED = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

function microphoneError(cause: unknown): MicrophoneError {
  const { name, message } = cause as DOMException;
  return new MicrophoneError(FAULTS[name] ?? `The microphone cannot be used: ${message}. Press Listen to try again.`, {
    cause,
  });
}

/** Opens a microphone, the system's own choice without an id; throws `MicrophoneError`. */
export async function openMicrophone(listener: MicrophoneListener, deviceId: string): Promise<Microphone> {
  if (!window.isSecureContext || navigator.mediaDevices === undefined) throw new MicrophoneError(INSECURE);
  const audio = deviceId === '' ? UNPROCESSED : { ...UNPROCESSED, deviceId: { exact: deviceId } };
  const stream = await navigator.mediaDevices.getUserMedia({ audio }).catch((cause) => {
    throw microphoneError(cause);
  });
  const release = (): void => {
    for (const track of stream.getTracks()) track.stop();
  };
  try {
    return await capture(stream, listener, release);
  } catch (cause) {
    release();
    throw microphoneError(cause);
  }
}

async function capture(stream: MediaStream, listener: MicrophoneListener, release: () => void): Promise<Microphone> {
  const [track] = stream.getAudioTracks();
  const { sampleRate } = track.getSettings();
  // at the device's own rate nothing is converted but by us
  const context = new AudioContext(sampleRate === undefined ? {} : { sampleRate });
  await context.audioWorklet.addModule(captureUrl);
  const node = new AudioWorkletNode(context, 'capture');
  node.port.onmessage = ({ data }: MessageEvent<{ samples: Float32Array; atSeconds: number }>) => {
    listener.onSamples(data.samples, (context.currentTime - data.atSeconds) * 1000);
  };
  // a node that leads nowhere may not run; what comes out of this one is silence
  context.createMediaStreamSource(stream).connect(node).connect(context.destination);
  await context.resume();
  const stop = (): void => {
    track.onended = null;
    node.port.onmessage = null;
    release();
    void context.close();
  };
  track.onended = () => {
    stop();
    listener.onEnd(new MicrophoneError('The microphone went away. Plug it in again and press Listen.'));
  };
  return { name: track.label, sampleRateHz: context.sampleRate, stop };
}

/** The microphones that the browser names; it names none before one was allowed. */
export async function microphones(): Promise<readonly MediaDeviceInfo[]> {
  if (navigator.mediaDevices === undefined) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
}

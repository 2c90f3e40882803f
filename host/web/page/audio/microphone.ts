import captureUrl from './capture.worklet.ts?worker&url';

/** Says why a microphone cannot be used and what to do. */
export class MicrophoneError extends Error {}

export interface Microphone {
  /** Its name in the system. */
  readonly name: string;
  /** The device's own rate; `onSamples` gets samples at this rate. */
  readonly sampleRateHz: number;
  /** Releases the device. */
  stop(): void;
}

export interface MicrophoneListener {
  /** @param samples ±1, mono @param lagMs how long ago they were recorded */
  readonly onSamples: (samples: Float32Array, lagMs: number) => void;
  /** Called once if the device is unplugged or taken away. */
  readonly onEnd: (error: MicrophoneError) => void;
}

const FAULTS: Readonly<Record<string, string>> = {
  NotAllowedError:
    'The browser refused the microphone. Allow it for this page in the browser’s address bar (and for the browser in the system settings), then press Listen again.',
  NotFoundError: 'No microphone was found. Plug one in and press Listen again, or open a recording.',
  NotReadableError:
    'The microphone cannot be opened: another program may be using it. Close that program and press Listen again.',
  OverconstrainedError: 'That microphone is no longer available. Choose another one and press Listen again.',
};

const INSECURE =
  'A browser allows the microphone only for pages from this machine or over https. Open this page at the http://localhost address that spikeword web prints, or open a recording.';

/** The network was trained on plain microphone sound, without the processing that a browser adds for calls. */
const UNPROCESSED = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

function microphoneError(cause: unknown): MicrophoneError {
  const { name, message } = cause as DOMException;
  return new MicrophoneError(FAULTS[name] ?? `The microphone cannot be used: ${message}. Press Listen to try again.`, {
    cause,
  });
}

/** Opens a microphone. An empty id means the system's default. Throws `MicrophoneError`. */
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
  // at the device's own rate, only our resampler converts the sound
  const context = new AudioContext(sampleRate === undefined ? {} : { sampleRate });
  await context.audioWorklet.addModule(captureUrl);
  const node = new AudioWorkletNode(context, 'capture');
  node.port.onmessage = ({ data }: MessageEvent<{ samples: Float32Array; atSeconds: number }>) => {
    listener.onSamples(data.samples, (context.currentTime - data.atSeconds) * 1000);
  };
  // a node without a destination may not run; this one outputs silence
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
    listener.onEnd(new MicrophoneError('The microphone was disconnected. Plug it in again and press Listen.'));
  };
  return { name: track.label, sampleRateHz: context.sampleRate, stop };
}

/** Returns the microphones that the browser lists. It lists none until the user has allowed one. */
export async function microphones(): Promise<readonly MediaDeviceInfo[]> {
  if (navigator.mediaDevices === undefined) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
}

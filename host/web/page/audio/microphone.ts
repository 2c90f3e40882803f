import { type Capture, capture, MicrophoneError } from './capture.js';
import { SoundWatch } from './watch.js';

export interface Microphone {
  /** Its name in the system. */
  readonly name: string;
  /** The device's own rate, and that of the blocks. */
  readonly sampleRateHz: number;
  /** Takes how long nothing but zeros has come from the device, in seconds. */
  heard(zeroSeconds: number): void;
  /** Releases the device. */
  stop(): void;
}

export interface MicrophoneListener {
  /** Gets the sound, in `Block`s. */
  readonly to: MessagePort;
  /** Called with what is wrong and what to do while there is no sound, and with null once there is again. */
  readonly onTrouble: (trouble: string | null) => void;
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

const GONE = 'The microphone was disconnected. Plug it in again and press Listen.';

const INSECURE =
  'A browser allows the microphone only for pages from this machine or over https. Open this page at the http://localhost address that spikeword web prints, or open a recording.';

/** The network was trained on plain microphone sound, without the processing that a browser adds for calls. */
const UNPROCESSED = { channelCount: 1, echoCancellation: false, noiseSuppression: false, autoGainControl: false };

function microphoneError(cause: unknown): MicrophoneError {
  if (cause instanceof MicrophoneError) return cause;
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
  try {
    return await listenTo(stream, listener);
  } catch (cause) {
    release(stream);
    throw microphoneError(cause);
  }
}

async function listenTo(stream: MediaStream, listener: MicrophoneListener): Promise<Microphone> {
  const [track] = stream.getAudioTracks();
  const sound: Capture = await capture(stream, listener.to);
  if (track.readyState === 'ended') {
    sound.close();
    throw new MicrophoneError(GONE);
  }
  const watch = new SoundWatch(sound.context, track, listener.onTrouble);
  const stop = (): void => {
    track.onended = null;
    watch.close();
    sound.close();
    release(stream);
  };
  track.onended = () => {
    stop();
    listener.onEnd(new MicrophoneError(GONE));
  };
  return { name: track.label, sampleRateHz: sound.context.sampleRate, heard: (seconds) => watch.heard(seconds), stop };
}

function release(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}

/** Returns the microphones that the browser lists. It lists none until the user has allowed one. */
export async function microphones(): Promise<readonly MediaDeviceInfo[]> {
  if (navigator.mediaDevices === undefined) return [];
  const devices = await navigator.mediaDevices.enumerateDevices();
  return devices.filter(({ kind, deviceId }) => kind === 'audioinput' && deviceId !== '');
}

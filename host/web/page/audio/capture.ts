import captureUrl from './capture.worklet.ts?worker&url';

/** Says why a microphone cannot be used and what to do. */
export class MicrophoneError extends Error {}

/** The sound of a stream, at the rate of its context. */
export interface Capture {
  readonly context: AudioContext;
  /** Ends the sound; the stream goes on. */
  close(): void;
}

/** The rates of a context that are tried after that of the device; undefined is the browser's own choice. */
const OTHER_RATES_HZ = [undefined, 48_000, 44_100, 16_000];
/** How long the sound may take to start. A browser without a loudspeaker, or in a call, may never start it. */
const START_MS = 5000;

const WRONG_RATE =
  'This browser cannot use the microphone at its sample rate. Set microphone and loudspeaker to 48,000 Hz in the system settings, choose another microphone, or use Chrome or Edge.';
const NOT_STARTED =
  'The browser does not start the sound. End calls and close other pages that use sound, check that the system has a loudspeaker or headphones, then reload this page.';

/**
 * Passes the sound of a stream on, mono, at the rate of its context, in `Block`s.
 *
 * @param to gets the blocks, past the page
 * @throws MicrophoneError if no context takes the stream, or the browser does not start it
 */
export async function capture(stream: MediaStream, to: MessagePort): Promise<Capture> {
  const { context, source } = connect(stream);
  try {
    await context.audioWorklet.addModule(captureUrl);
    const node = new AudioWorkletNode(context, 'capture');
    node.port.postMessage(to, [to]);
    // a node without a destination may not run; this one outputs silence
    source.connect(node).connect(context.destination);
    await start(context);
    const close = (): void => {
      node.disconnect();
      if (context.state !== 'closed') void context.close();
    };
    return { context, close };
  } catch (cause) {
    void context.close();
    throw cause;
  }
}

/**
 * Connects a stream to a context at the device's own rate, so that only our resampler converts the sound. Firefox
 * refuses a context whose rate is not that of the stream, and does not tell the rate of the stream.
 */
function connect(stream: MediaStream): { context: AudioContext; source: MediaStreamAudioSourceNode } {
  const [track] = stream.getAudioTracks();
  let fault: unknown;
  for (const sampleRate of new Set([track.getSettings().sampleRate, ...OTHER_RATES_HZ])) {
    let context: AudioContext | undefined;
    try {
      context = new AudioContext(sampleRate === undefined ? {} : { sampleRate });
      return { context, source: context.createMediaStreamSource(stream) };
    } catch (cause) {
      void context?.close();
      if ((cause as DOMException).name !== 'NotSupportedError') throw cause;
      fault = cause;
    }
  }
  throw new MicrophoneError(WRONG_RATE, { cause: fault });
}

async function start(context: AudioContext): Promise<void> {
  let timer: number | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = window.setTimeout(() => reject(new MicrophoneError(NOT_STARTED)), START_MS);
  });
  try {
    await Promise.race([context.resume(), late]);
  } finally {
    window.clearTimeout(timer);
  }
}

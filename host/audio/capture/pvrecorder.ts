import { CaptureError } from '../../system/index.js';
import type { SampleSource } from './source.js';

/** The part of @picovoice/pvrecorder-node 1.2 that is used here. */
interface PvRecorder {
  start(): void;
  stop(): void;
  release(): void;
  read(): Promise<Int16Array>;
  readonly sampleRate: number;
}
interface PvRecorderClass {
  new (frameLength: number, deviceIndex?: number): PvRecorder;
  getAvailableDevices(): string[];
}

const FRAME_SAMPLES = 512;
/**
 * A constant instead of a literal in `import`, so that the compiler does not look for a package that may be missing.
 */
const PACKAGE = '@picovoice/pvrecorder-node';

/** Returns the recorder of the optional package; null if it is not installed. */
export async function pvRecorder(name = PACKAGE): Promise<PvRecorderClass | null> {
  try {
    const module = (await import(name)) as { PvRecorder?: PvRecorderClass; default?: { PvRecorder?: PvRecorderClass } };
    return module.PvRecorder ?? module.default?.PvRecorder ?? null;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return null;
    throw new CaptureError(`${name}: cannot be loaded: ${(error as Error).message}`, { cause: error });
  }
}

/** Records with the package; `device` is the name of one of its devices. Throws `CaptureError`. */
export function openPvRecorder(Recorder: PvRecorderClass, device: string | undefined): SampleSource {
  const devices = Recorder.getAvailableDevices();
  const index = device === undefined ? -1 : devices.indexOf(device);
  if (device !== undefined && index < 0) {
    throw new CaptureError(`pvrecorder: there is no device ${device} (--list-devices lists the microphones)`);
  }
  let recorder: PvRecorder;
  try {
    recorder = new Recorder(FRAME_SAMPLES, index);
    recorder.start();
  } catch (cause) {
    throw new CaptureError(`pvrecorder: no microphone: ${(cause as Error).message}`, { cause });
  }
  let closed = false;
  let reading = false;
  let released = false;
  const release = (): void => {
    if (released) return;
    released = true;
    recorder.stop();
    recorder.release();
  };
  return {
    name: `${device ?? 'microphone'} (pvrecorder)`,
    async *[Symbol.asyncIterator]() {
      try {
        while (!closed) {
          reading = true;
          const samples = await recorder.read();
          reading = false;
          if (!closed) yield samples;
        }
      } catch (cause) {
        const { message } = cause as Error;
        if (!closed) {
          throw new CaptureError(
            `pvrecorder: ${message} (plug the microphone in again, or name another with --device)`,
            { cause },
          );
        }
      } finally {
        release();
      }
    },
    close() {
      closed = true;
      // A read that is in progress writes into memory that release would free, so the iteration releases it afterwards.
      if (!reading) release();
    },
  };
}

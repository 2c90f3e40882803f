import type { SerialPort } from 'serialport';
import { PortError } from '../core/error.js';
import { BAUD_RATE, type ByteStream } from '../core/protocol/index.js';
import { portUsers } from './port-users.js';

/** Loaded only when needed: it is native code, and recordings, networks and models must work without it. */
async function serialPort(): Promise<typeof SerialPort> {
  try {
    return (await import('serialport')).SerialPort;
  } catch (cause) {
    throw new PortError(`serial ports cannot be used here: ${(cause as Error).message}`, { cause });
  }
}

const users = (): string =>
  portUsers()
    .map((user) => `; ${user}`)
    .join('');

/** Explains the system's message for a port that cannot be opened. The binding gives only a text, no error code. */
function openingFault(path: string, message: string): string {
  if (/No such file|cannot find|File not found|ENOENT/i.test(message)) {
    return `${path}: there is no such port; \`spikeword ports\` lists the ports${users()}`;
  }
  if (/Permission denied|EACCES/i.test(message)) {
    return (
      `${path}: no permission to open it; add yourself to its group, ` +
      'which is dialout on Debian and Ubuntu (sudo usermod -aG dialout $USER), and log in again'
    );
  }
  if (/Cannot lock port|busy|Access denied|EBUSY/i.test(message)) {
    return `${path}: another program has it open (a second spikeword, or a serial monitor); close it and try again${users()}`;
  }
  if (/Inappropriate ioctl|Not a typewriter|ENOTTY|Is a directory/i.test(message)) {
    return `${path}: not a serial port`;
  }
  return `${path}: cannot be opened: ${message}`;
}

/**
 * Makes JavaScript receive the bytes of an open port at once. Since 26.4, Node runs promises settled by a native
 * callback only if the native code asks for it (nodejs/node#62969), and serialport's does not. Without this, a board's
 * answer waits for the next timer (serialport/bindings-cpp#239).
 */
function deliverAtOnce(port: SerialPort): void {
  if (port.port !== undefined && 'poller' in port.port) {
    const runPromises = (): void => void setImmediate(() => {});
    port.port.poller.on('readable', runPromises).on('writable', runPromises);
  } else {
    // Windows has no event for bytes that were read
    const everyMs = setInterval(() => {}, 1).unref();
    port.once('close', () => clearInterval(everyMs));
  }
}

/** Opens a serial port for this process alone. Throws `PortError`, which says why it cannot and what to do. */
export async function openSerialStream(path: string): Promise<ByteStream> {
  const Port = await serialPort();
  // DTR and RTS stay unchanged: a pseudoterminal has neither and refuses to set them
  const port = new Port({ path, baudRate: BAUD_RATE, autoOpen: false });
  await new Promise<void>((resolve, reject) => {
    port.open((error) => (error ? reject(new PortError(openingFault(path, error.message))) : resolve()));
  });
  deliverAtOnce(port);
  let ended = false;
  const stream: ByteStream = {
    name: path,
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => {
      // after the end, a write would wait forever for the port to open again
      if (!ended) port.write(bytes);
    },
    close: async () => {
      ended = true;
      if (!port.isOpen) return;
      await new Promise<void>((resolve) => port.close(() => resolve()));
    },
  };
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    stream.onEnd(reason);
  };
  // without a listener for data, `close` is not emitted
  port.on('data', (bytes: Buffer) => stream.onBytes(bytes));
  port.on('close', (error: Error | null) => end(error?.message ?? 'the port was closed'));
  port.on('error', (error) => end(error.message));
  return stream;
}

import type { SerialPort } from 'serialport';
import { PortError } from '../core/error.js';
import { BAUD_RATE, type ByteStream } from '../core/protocol/index.js';

/** Loaded when it is needed: it is native code, and recordings, networks and models must work where it has none. */
async function serialPort(): Promise<typeof SerialPort> {
  try {
    return (await import('serialport')).SerialPort;
  } catch (cause) {
    throw new PortError(`serial ports cannot be used here: ${(cause as Error).message}`, { cause });
  }
}

/** What the system's message of a failed opening means, and what to do. The binding gives text only, no code. */
function openingFault(path: string, message: string): string {
  if (/No such file|cannot find|File not found|ENOENT/i.test(message)) {
    return `${path}: there is no such port; \`spikeword ports\` lists those that are there`;
  }
  if (/Permission denied|EACCES/i.test(message)) {
    return (
      `${path}: no permission to open it; add yourself to its group, ` +
      'which is dialout on Debian and Ubuntu (sudo usermod -aG dialout $USER), and log in again'
    );
  }
  if (/Cannot lock port|busy|Access denied|EBUSY/i.test(message)) {
    return `${path}: another program has it open (a second spikeword, or a serial monitor); close that and try again`;
  }
  if (/Inappropriate ioctl|Not a typewriter|ENOTTY|Is a directory/i.test(message)) {
    return `${path}: not a serial port`;
  }
  return `${path}: cannot be opened: ${message}`;
}

/**
 * Lets what native code reports of an open port reach JavaScript at once. Since 26.4, Node runs the promises that such
 * a callback settles only when the native code asks for it (nodejs/node#62969), and serialport's does not: what a board
 * answered lay there until the next timer (serialport/bindings-cpp#239).
 */
function deliverAtOnce(port: SerialPort): void {
  if (port.port !== undefined && 'poller' in port.port) {
    const runPromises = (): void => void setImmediate(() => {});
    port.port.poller.on('readable', runPromises).on('writable', runPromises);
  } else {
    // Windows gives no sign that something was read
    const everyMs = setInterval(() => {}, 1).unref();
    port.once('close', () => clearInterval(everyMs));
  }
}

/** Opens a serial port for this process alone; throws `PortError` saying why it cannot and what to do. */
export async function openSerialStream(path: string): Promise<ByteStream> {
  const Port = await serialPort();
  // DTR and RTS stay as opening leaves them: a pseudoterminal has none and refuses to set them
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
      // after the end a write would wait for ever for the port to open again
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
  // a listener for data must be there, or `close` does not arrive
  port.on('data', (bytes: Buffer) => stream.onBytes(bytes));
  port.on('close', (error: Error | null) => end(error?.message ?? 'the port was closed'));
  port.on('error', (error) => end(error.message));
  return stream;
}

import { BOARD_VENDOR_IDS, boardVendor, isBoardVendor } from '../../../core/board/index.js';
import { PortError } from '../../../core/error.js';
import { BAUD_RATE, type ByteStream } from '../../../core/protocol/index.js';

/** Several frames: the largest that a board sends is slightly more than 1 kB. */
const BUFFER_BYTES = 8192;

const NO_SERIAL =
  'This browser has no Web Serial: use Chrome, Edge, Opera or a new Firefox on a computer, or `spikeword flash` and `spikeword evaluate --port` in a terminal.';
const INSECURE =
  'A browser allows serial ports only for pages from this machine or over https. Open this page at the http://localhost address that spikeword web prints.';

function openingError(cause: unknown): PortError {
  const { name, message } = cause as DOMException;
  const faults: Readonly<Record<string, string>> = {
    NotFoundError:
      'No port was chosen. Plug the board in, press Connect and choose its port. A board that is not in the list may be behind an adapter: then press Another port.',
    SecurityError:
      'The browser does not allow this page to use serial ports. Allow them in the browser settings, then press Connect.',
    InvalidStateError:
      'The port is already open in this browser. Close the other page that uses it, then press Connect.',
    NetworkError:
      'The port cannot be opened: another program may have it open (close that program), or you may lack permission (on Linux, add yourself to the group dialout and log in again). Then press Connect.',
  };
  return new PortError(faults[name] ?? `The port cannot be opened: ${message}. Press Connect to try again.`, { cause });
}

/** Whether a known board has been opened: to connect again is to choose. */
let usedKnown = false;

/** The ports that are boards' by their USB vendors, of those that the user has allowed this page before. */
async function knownBoards(serial: Serial): Promise<SerialPort[]> {
  const ports = await serial.getPorts();
  return ports.filter((port) => isBoardVendor(port.getInfo().usbVendorId ?? 0));
}

/** Returns the only board that the user has allowed before, the first time. */
async function knownBoard(serial: Serial): Promise<SerialPort | undefined> {
  if (usedKnown) return undefined;
  usedKnown = true;
  const boards = await knownBoards(serial);
  return boards.length === 1 ? boards[0] : undefined;
}

/**
 * Says now, and whenever a board is plugged in or out, whose boards are there that this page may use already: by the
 * names of their vendors. Says null in a browser without Web Serial.
 */
export async function watchBoards(say: (vendors: readonly string[] | null) => void): Promise<void> {
  const { serial } = navigator;
  if (serial === undefined) {
    say(null);
    return;
  }
  const look = async (): Promise<void> => {
    const boards = await knownBoards(serial).catch(() => []);
    say(boards.map((port) => boardVendor(port.getInfo().usbVendorId ?? 0) ?? ''));
  };
  serial.addEventListener('connect', () => void look());
  serial.addEventListener('disconnect', () => void look());
  await look();
}

/**
 * Opens the board that the user has allowed before, or lets the user choose a port and opens that: one of those with the
 * USB ids of boards, or with `any` one of all, for boards behind an adapter. Throws `PortError`, which says what is
 * wrong and what to do.
 */
export async function openSerialStream(any: boolean): Promise<ByteStream> {
  const { serial } = navigator;
  if (!window.isSecureContext) throw new PortError(INSECURE);
  if (serial === undefined) throw new PortError(NO_SERIAL);
  try {
    const filters = any ? [] : BOARD_VENDOR_IDS.map((usbVendorId) => ({ usbVendorId }));
    const port = (any ? undefined : await knownBoard(serial)) ?? (await serial.requestPort({ filters }));
    await port.open({ baudRate: BAUD_RATE, bufferSize: BUFFER_BYTES });
    return streamOf(port);
  } catch (cause) {
    throw openingError(cause);
  }
}

/** Returns an open port as a stream of bytes. */
function streamOf(port: SerialPort): ByteStream {
  let ended = false;
  const writer = port.writable?.getWriter();
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const end = (reason: string): void => {
    if (ended) return;
    ended = true;
    stream.onEnd(reason);
  };
  const release = async (): Promise<void> => {
    // a port that has gone away fails to close: that is no error here
    await reader?.cancel().catch(() => {});
    reader?.releaseLock();
    writer?.releaseLock();
    await port.close().catch(() => {});
  };
  const stream: ByteStream = {
    name: 'the board',
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => {
      if (!ended) writer?.write(bytes).catch((error: Error) => end(error.message));
    },
    close: async () => {
      ended = true;
      await release();
    },
  };
  /** Reads until the port closes. A damaged byte ends a `readable` but not the port, which then has a new one. */
  const read = async (): Promise<void> => {
    let fault = 'the port was closed';
    while (!ended && port.readable !== null) {
      reader = port.readable.getReader();
      try {
        for (let part = await reader.read(); !part.done; part = await reader.read()) stream.onBytes(part.value);
        break;
      } catch (error) {
        fault = (error as Error).message;
      } finally {
        reader.releaseLock();
      }
    }
    end(fault);
  };
  port.addEventListener('disconnect', () => end('it was unplugged'));
  void read();
  return stream;
}

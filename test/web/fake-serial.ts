import type { Duplex } from 'node:stream';
import type { Page } from 'playwright-core';

/** A serial port of the browser that leads to the test's board. */
export interface FakeSerial {
  /** Acts as if the cable was pulled. */
  unplug(): Promise<void>;
}

/** Runs in the page before its own code. Makes one port, whose bytes go through the two functions of the test. */
const IN_PAGE = `
  window.testBoardAsked = 0;
  class FakePort extends EventTarget {
    readable = null;
    writable = null;
    async open({ baudRate }) {
      if (baudRate !== 500000) throw new DOMException('baud rate ' + baudRate, 'NetworkError');
      this.readable = new ReadableStream({ start: (controller) => { this.controller = controller; } });
      this.writable = new WritableStream({ write: (bytes) => testBoardTakes([...bytes]) });
    }
    getInfo() {
      return { usbVendorId: 0x2e8a, usbProductId: 0x000a };
    }
    async close() {
      this.readable = null;
      this.writable = null;
    }
  }
  const port = new FakePort();
  window.testBoardSends = (bytes) => port.controller?.enqueue(Uint8Array.from(bytes));
  window.testBoardGoes = () => {
    port.controller.error(new DOMException('The device has been lost.', 'NetworkError'));
    port.readable = null;
    port.dispatchEvent(new Event('disconnect'));
  };
  const requestPort = async () => {
    window.testBoardAsked++;
    return port;
  };
  const getPorts = async () => (window.testBoardAllowed ? [port] : []);
  const serial = Object.assign(new EventTarget(), { requestPort, getPorts });
  Object.defineProperty(navigator, 'serial', { value: serial });
`;

/** Gives a page that is not yet open a `navigator.serial` whose only port leads to a board. */
export async function connectSerial(page: Page, board: Duplex): Promise<FakeSerial> {
  let there = true;
  await page.exposeFunction('testBoardTakes', (bytes: number[]) => {
    if (there) board.write(Buffer.from(bytes));
  });
  await page.addInitScript(IN_PAGE);
  board.on('data', (bytes: Buffer) => {
    // the page may close before the board does
    if (there) page.evaluate(`testBoardSends(${JSON.stringify([...bytes])})`).catch(() => {});
  });
  return {
    unplug: async () => {
      there = false;
      await page.evaluate('testBoardGoes()');
    },
  };
}

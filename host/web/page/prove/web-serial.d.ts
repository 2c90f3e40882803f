// The part of the Web Serial API (WICG) that this page uses; TypeScript ships no types for it.
interface SerialPort extends EventTarget {
  readonly readable: ReadableStream<Uint8Array> | null;
  readonly writable: WritableStream<Uint8Array> | null;
  open(options: { readonly baudRate: number; readonly bufferSize?: number }): Promise<void>;
  close(): Promise<void>;
  /** The port's USB vendor and product, where it is on USB. */
  getInfo(): { readonly usbVendorId?: number; readonly usbProductId?: number };
}

interface Serial extends EventTarget {
  /** The ports that the user has allowed this page before, as far as they are plugged in. */
  getPorts(): Promise<SerialPort[]>;
  requestPort(options?: { readonly filters?: readonly { readonly usbVendorId: number }[] }): Promise<SerialPort>;
}

interface Navigator {
  readonly serial?: Serial;
}

import {
  createSetupPacket,
  DataDirection,
  type ISetupPacketParams,
  type RPUSBController,
  SetupRecipient,
  SetupType,
} from 'rp2040js';

const DEVICE = 1;
const CONFIGURATION = 2;
const STRING = 3;

type Direction = 'in' | 'out';

/** A request on endpoint 0: the bytes that it sends, or how many it wants. */
interface Control {
  readonly request: ISetupPacketParams;
  readonly out?: Uint8Array;
  readonly done: (answer: Uint8Array) => void;
}

const standard = (request: number, value: number, wanted = 0): ISetupPacketParams => ({
  dataDirection: wanted > 0 ? DataDirection.DeviceToHost : DataDirection.HostToDevice,
  type: SetupType.Standard,
  recipient: SetupRecipient.Device,
  bRequest: request,
  wValue: value,
  wIndex: 0,
  wLength: wanted,
});

const ofPort = (request: number, value: number, length = 0, direction = DataDirection.HostToDevice) => ({
  dataDirection: direction,
  type: SetupType.Class,
  recipient: SetupRecipient.Interface,
  bRequest: request,
  wValue: value,
  wIndex: 0,
  wLength: length,
});

export class UsbError extends Error {}

/** What a computer learns of a device when it is plugged in. */
export interface UsbDescription {
  readonly vendorId: number;
  readonly productId: number;
  readonly strings: readonly string[];
}

/**
 * The computer's end of the USB cable of an emulated board: it enumerates the board as an operating system does, opens
 * its serial port (CDC, PSTN 1.2), and then passes bytes. rp2040js has one too; it asks for less, and answers a board
 * that waits for bytes with none, again and again.
 */
export class UsbHost {
  description: UsbDescription | undefined;
  private control: Control | undefined;
  private answer: number[] = [];
  private sent = false;
  private bulk: Partial<Record<Direction, number>> = {};
  private waiting: number | undefined;
  private queue: Uint8Array[] = [];

  constructor(
    private readonly usb: RPUSBController,
    private readonly onBytes: (bytes: Uint8Array) => void,
    private readonly onOpen: () => void,
  ) {
    usb.onUSBEnabled = () => usb.resetDevice();
    usb.onResetReceived = () => this.enumerate();
    usb.onEndpointWrite = (endpoint, bytes) => this.receive(endpoint, bytes);
    usb.onEndpointRead = (endpoint, size) => this.give(endpoint, size);
  }

  /** Sends bytes to the board's serial port; they wait until it takes them. */
  send(bytes: Uint8Array): void {
    if (bytes.length > 0) this.queue.push(bytes);
    this.deliver();
  }

  /** Bytes that the board has not taken yet. */
  get waitingBytes(): number {
    return this.queue.reduce((sum, { length }) => sum + length, 0);
  }

  private ask(control: Control): void {
    this.control = control;
    this.answer = [];
    this.sent = false;
    this.usb.sendSetupPacket(createSetupPacket(control.request));
  }

  private enumerate(): void {
    this.waiting = undefined;
    this.queue = [];
    this.ask({ request: standard(6, DEVICE << 8, 64), done: () => this.address() });
  }

  private address(): void {
    this.ask({ request: standard(5, 7), done: () => this.describe() });
  }

  private describe(): void {
    if (this.usb.readUint32(0) !== 7) throw new UsbError('the board has not taken its address');
    this.ask({ request: standard(6, DEVICE << 8, 18), done: (device) => this.describeStrings(device, []) });
  }

  private describeStrings(device: Uint8Array, strings: readonly string[]): void {
    const indices = [device[14], device[15], device[16]].filter((index) => index > 0);
    if (device.length !== 18 || device[0] !== 18) throw new UsbError('the descriptor of the device is damaged');
    if (strings.length === indices.length) {
      this.description = {
        vendorId: device[8] | (device[9] << 8),
        productId: device[10] | (device[11] << 8),
        strings,
      };
      this.configure();
      return;
    }
    this.ask({
      request: standard(6, (STRING << 8) | indices[strings.length], 255),
      done: (bytes) => {
        if (bytes[0] !== bytes.length) throw new UsbError('a string of the device has a wrong length');
        const text = new TextDecoder('utf-16le').decode(bytes.subarray(2));
        this.describeStrings(device, [...strings, text]);
      },
    });
  }

  private configure(): void {
    this.ask({
      request: standard(6, CONFIGURATION << 8, 9),
      done: (head) => {
        const total = head[2] | (head[3] << 8);
        this.ask({
          request: standard(6, CONFIGURATION << 8, total),
          done: (whole) => {
            this.bulk = bulkEndpoints(whole, total);
            this.ask({ request: standard(9, whole[5]), done: () => this.open() });
          },
        });
      },
    });
  }

  private open(): void {
    // 500000 baud, 8 data bits, no parity, 1 stop bit
    const coding = Uint8Array.of(0x20, 0xa1, 0x07, 0, 0, 0, 8);
    this.ask({
      request: ofPort(0x20, 0, coding.length),
      out: coding,
      done: () =>
        this.ask({
          request: ofPort(0x21, 0, coding.length, DataDirection.DeviceToHost),
          done: (told) => {
            if (told.some((byte, k) => byte !== coding[k])) throw new UsbError('the line coding was not kept');
            // DTR and RTS
            this.ask({ request: ofPort(0x22, 3), done: () => this.onOpen() });
          },
        }),
    });
  }

  /** The board has sent a packet. */
  private receive(endpoint: number, bytes: Uint8Array): void {
    if (endpoint === this.bulk.in) {
      if (bytes.length > 0) this.onBytes(bytes);
      return;
    }
    const { control } = this;
    if (endpoint !== 0 || control === undefined) return;
    if (control.request.dataDirection === DataDirection.DeviceToHost) {
      this.answer.push(...bytes);
      if (bytes.length === 64 && this.answer.length < control.request.wLength) return;
    } else if (control.out !== undefined && !this.sent) {
      throw new UsbError('the board has acknowledged a request before its bytes');
    }
    this.control = undefined;
    control.done(Uint8Array.from(this.answer));
  }

  /** The board has room for a packet. */
  private give(endpoint: number, size: number): void {
    if (endpoint === 0) {
      const { control } = this;
      if (control?.out === undefined || this.sent) return;
      this.sent = true;
      this.usb.endpointReadDone(0, control.out);
    } else if (endpoint === this.bulk.out) {
      this.waiting = size;
      this.deliver();
    }
  }

  private deliver(): void {
    if (this.waiting === undefined || this.queue.length === 0) return;
    const [first, ...rest] = this.queue;
    const packet = first.subarray(0, this.waiting);
    this.queue = packet.length < first.length ? [first.subarray(packet.length), ...rest] : rest;
    this.waiting = undefined;
    this.usb.endpointReadDone(this.bulk.out!, packet);
  }
}

/**
 * Walks through a configuration descriptor, as USB 2.0 has it in section 9.6, and returns the data interface's ends.
 */
function bulkEndpoints(descriptor: Uint8Array, total: number): Record<Direction, number> {
  if (descriptor.length !== total) throw new UsbError('the descriptor of the configuration is cut off');
  const ends: Partial<Record<Direction, number>> = {};
  let ofData = false;
  for (let at = 0; at < total; at += descriptor[at]) {
    if (descriptor[at] < 2 || at + descriptor[at] > total) throw new UsbError('a descriptor has a wrong length');
    const type = descriptor[at + 1];
    if (type === 4) ofData = descriptor[at + 5] === 10;
    if (type === 5 && ofData && (descriptor[at + 3] & 3) === 2) {
      ends[descriptor[at + 2] & 0x80 ? 'in' : 'out'] = descriptor[at + 2] & 15;
    }
  }
  if (ends.in === undefined || ends.out === undefined) throw new UsbError('the board has no serial port');
  return { in: ends.in, out: ends.out };
}

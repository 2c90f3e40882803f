/** An event of the Wyoming protocol: https://github.com/OHF-Voice/wyoming. */
export interface WyomingEvent {
  readonly type: string;
  readonly data: Readonly<Record<string, unknown>>;
  /** Bytes that follow, such as sound; empty if there are none. */
  readonly payload: Uint8Array;
}

/** What a client sends is not an event; nothing after it can be understood. */
export class ProtocolFault extends Error {}

const NOTHING = new Uint8Array(0);
/** More than any client sends at once: a header in JSON, further data, and half a minute of sound. */
const MOST = { header: 1 << 16, data_length: 1 << 20, payload_length: 1 << 24 } as const;
const NEWLINE = 10;

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function parseObject(bytes: Uint8Array, what: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch (cause) {
    throw new ProtocolFault(`${what} is not JSON`, { cause });
  }
  if (!isObject(value)) throw new ProtocolFault(`${what} is not an object`);
  return value;
}

function lengthOf(header: Record<string, unknown>, field: 'data_length' | 'payload_length'): number {
  const length = header[field] ?? 0;
  if (!Number.isInteger(length) || (length as number) < 0 || (length as number) > MOST[field]) {
    throw new ProtocolFault(`${field} is ${JSON.stringify(length)}, expected at most ${MOST[field]}`);
  }
  return length as number;
}

interface Header {
  readonly fields: Record<string, unknown>;
  readonly dataBytes: number;
  readonly payloadBytes: number;
}

/** Takes the bytes of a connection, cut anywhere, and returns the events that they complete. */
export class EventReader {
  private waiting = NOTHING;
  /** What arrived since, of an event that is not complete. */
  private pieces: Uint8Array[] = [];
  private missing = 0;
  private header: Header | null = null;

  /** Throws `ProtocolFault` for bytes that are no event; the reader must not be used after that. */
  push(bytes: Uint8Array): WyomingEvent[] {
    this.pieces.push(bytes);
    this.missing -= bytes.length;
    if (this.missing > 0) return [];
    this.waiting = new Uint8Array(Buffer.concat([this.waiting, ...this.pieces]));
    this.pieces = [];
    const events: WyomingEvent[] = [];
    for (let event = this.next(); event !== null; event = this.next()) events.push(event);
    return events;
  }

  private next(): WyomingEvent | null {
    this.header ??= this.takeHeader();
    if (this.header === null) return null;
    const { fields, dataBytes, payloadBytes } = this.header;
    this.missing = dataBytes + payloadBytes - this.waiting.length;
    if (this.missing > 0) return null;
    const inHeader = fields.data ?? {};
    if (!isObject(inHeader)) throw new ProtocolFault('data is not an object');
    const further = dataBytes > 0 ? parseObject(this.waiting.subarray(0, dataBytes), 'data') : {};
    const payload = this.waiting.slice(dataBytes, dataBytes + payloadBytes);
    this.waiting = this.waiting.slice(dataBytes + payloadBytes);
    this.header = null;
    return { type: fields.type as string, data: { ...inHeader, ...further }, payload };
  }

  private takeHeader(): Header | null {
    const end = this.waiting.indexOf(NEWLINE);
    if (end < 0 && this.waiting.length <= MOST.header) return null;
    if (end < 0 || end > MOST.header) throw new ProtocolFault(`the header has more than ${MOST.header} bytes`);
    const fields = parseObject(this.waiting.subarray(0, end), 'the header');
    if (typeof fields.type !== 'string') throw new ProtocolFault('the header has no type');
    this.waiting = this.waiting.slice(end + 1);
    return {
      fields,
      dataBytes: lengthOf(fields, 'data_length'),
      payloadBytes: lengthOf(fields, 'payload_length'),
    };
  }
}

/** Returns the bytes of an event. Data goes behind the header, as the reference implementation sends it. */
export function encodeEvent(type: string, data: Readonly<Record<string, unknown>> = {}, payload = NOTHING): Uint8Array {
  const body = Object.keys(data).length === 0 ? '' : JSON.stringify(data);
  const bodyBytes = new TextEncoder().encode(body);
  const header = {
    type,
    version: '1.10.2',
    ...(bodyBytes.length > 0 && { data_length: bodyBytes.length }),
    ...(payload.length > 0 && { payload_length: payload.length }),
  };
  return Buffer.concat([Buffer.from(`${JSON.stringify(header)}\n`), bodyBytes, payload]);
}

/** Something that carries bytes both ways: a serial port, a process, or a faulty line in a test. */
export interface ByteStream {
  /** What it is called in messages: the path of a port. */
  readonly name: string;
  /** Hands bytes over; a fault shows as the end of the stream. */
  write(bytes: Uint8Array): void;
  /** Called with bytes as they arrive, in order. Set once, by the one who reads. */
  onBytes: (bytes: Uint8Array) => void;
  /** Called once when nothing can come any more, with what the system says about it. */
  onEnd: (reason: string) => void;
  /** Gives the port back; `onEnd` is not called. */
  close(): Promise<void>;
}

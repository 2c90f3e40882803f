/** Something that carries bytes both ways: a serial port, a process, or a faulty line in a test. */
export interface ByteStream {
  /** Its name in messages: the path of a port. */
  readonly name: string;
  /** Sends bytes; a fault shows as the end of the stream. */
  write(bytes: Uint8Array): void;
  /** Called with bytes as they arrive, in order. Set once, by the reader. */
  onBytes: (bytes: Uint8Array) => void;
  /** Called once when nothing more can come, with the reason that the system gives. */
  onEnd: (reason: string) => void;
  /** Releases the port; `onEnd` is not called. */
  close(): Promise<void>;
}

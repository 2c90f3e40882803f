import type { Duplex } from 'node:stream';
import type { ByteStream } from '../../host/board/index.js';

/** A port in this process as what `BoardClient` reads and writes. `close` calls `stop`. */
export function streamOf(name: string, port: Duplex, stop: () => Promise<void>): ByteStream {
  const stream: ByteStream = {
    name,
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => {
      if (!port.writableEnded && !port.destroyed) port.write(bytes);
    },
    close: stop,
  };
  port.on('data', (bytes: Uint8Array) => stream.onBytes(bytes));
  port.on('end', () => stream.onEnd('the process has ended'));
  return stream;
}

import type { Duplex } from 'node:stream';
import type { ByteStream } from '../../host/core/protocol/index.js';

/** Returns a port in this process as the stream that `BoardClient` uses. `close` calls `stop`. */
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
  let ended = false;
  const end = (): void => {
    if (!ended) stream.onEnd('the board is gone');
    ended = true;
  };
  port.on('end', end).on('close', end);
  // a socket's error when the other side was killed; it closes afterwards
  port.on('error', () => {});
  return stream;
}

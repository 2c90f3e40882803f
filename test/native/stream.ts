import type { Duplex } from 'node:stream';
import type { ByteStream } from '../../host/core/protocol/index.js';

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
  let ended = false;
  const end = (): void => {
    if (!ended) stream.onEnd('the board is gone');
    ended = true;
  };
  port.on('end', end).on('close', end);
  // what a socket says when the other side was killed; it closes behind it
  port.on('error', () => {});
  return stream;
}

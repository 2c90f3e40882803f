import type { ByteStream } from '../../host/board/index.js';
import type { NativeBoard } from '../native/index.js';

/** The serial port of a board that is a process. Closing it leaves the process alone. */
export function nativeStream({ port }: NativeBoard): ByteStream {
  const onData = (bytes: Buffer): void => stream.onBytes(bytes);
  const stream: ByteStream = {
    name: 'native',
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => {
      port.write(bytes);
    },
    close: async () => {
      port.off('data', onData);
    },
  };
  port.on('data', onData);
  port.on('end', () => stream.onEnd('the process ended'));
  return stream;
}

import { BoardError } from '../error.js';
import { ABI_VERSION } from '../kernel/index.js';
import { PROTOCOL_VERSION } from './generated.js';
import type { Hello } from './hello.js';

const SAME_VERSION =
  'use the version of spikeword that the firmware came from, or install the firmware of this version (`spikeword board flash-image`, or start `spikeword board emulate` again)';

/**
 * Returns the decoded hello. Throws `BoardError` for a board of another protocol or ABI version, saying which it has
 * and which is supported. `protocol` is null for an empty answer.
 */
export function checkHello(name: string, protocol: number | null, decode: () => Hello): Hello {
  if (protocol === null) throw new BoardError(`${name}: the board's answer to HELLO is empty; ${SAME_VERSION}`);
  if (protocol !== PROTOCOL_VERSION) {
    throw new BoardError(
      `${name}: the board speaks protocol version ${protocol}, but this spikeword speaks version ${PROTOCOL_VERSION}; ${SAME_VERSION}`,
    );
  }
  const hello = decode();
  if (hello.abi !== ABI_VERSION) {
    throw new BoardError(
      `${name}: the board's kernel has ABI version ${hello.abi}, but this spikeword needs version ${ABI_VERSION}; ${SAME_VERSION}`,
    );
  }
  return hello;
}

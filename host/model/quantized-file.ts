import { readFileSync } from 'node:fs';
import { NetworkError } from '../core/error.js';
import { looksLike } from '../core/file-kind.js';
import type { QuantizedNetwork } from '../core/quantization/index.js';
import { writeFileAtomically } from '../system/index.js';
import { fromStored, toStored } from './stored-network.js';

const FORMAT = 'spikeword quantised network';
const VERSION = 1;

/** Writes a quantised network as JSON, whole or not at all; the same network gives the same bytes. */
export function writeQuantizedNetwork(path: string, network: QuantizedNetwork): void {
  writeFileAtomically(path, `${JSON.stringify({ format: FORMAT, version: VERSION, ...toStored(network) })}\n`);
}

/**
 * Reads what `writeQuantizedNetwork` wrote and checks all of it: shapes, ranges, and the bounds by proving them again.
 * Throws `NetworkError` naming the file, the place and the fault.
 */
export function readQuantizedNetwork(path: string): QuantizedNetwork {
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const advice = code === 'ENOENT' ? ' (spikeword quantize makes it)' : '';
    throw new NetworkError(`${path}: cannot be read: ${message}${advice}`, { cause });
  }
  let stored: { format?: unknown; version?: unknown } | null;
  try {
    stored = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new NetworkError(`${path}: not JSON, or not whole${looksLike(bytes)}`, { cause });
  }
  if (stored?.format !== FORMAT) throw new NetworkError(`${path}: not a quantised network of spikeword`);
  if (stored.version !== VERSION) {
    throw new NetworkError(`${path}: version ${JSON.stringify(stored.version)}, this program reads ${VERSION}`);
  }
  return fromStored(stored, path);
}

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isBoardVendor } from '../core/board/index.js';
import { cacheFolder, writeFileAtomically } from '../system/index.js';
import type { PortDescription } from './ports.js';

type Port = Pick<PortDescription, 'path' | 'vendorId' | 'productId'>;

/** What is kept of a port at which a board has answered. */
const remembered = ({ path, vendorId, productId }: Port): string =>
  [path, vendorId?.toLowerCase() ?? '-', productId?.toLowerCase() ?? '-'].join(' ');

const memory = (): string => join(cacheFolder(), 'ports.json');

function rememberedPorts(): readonly string[] {
  try {
    const ports: unknown = JSON.parse(readFileSync(memory(), 'utf8'));
    return Array.isArray(ports) ? ports.filter((port) => typeof port === 'string') : [];
  } catch {
    // nothing has been remembered, or not by this version
    return [];
  }
}

/**
 * Whether a search for a board may write to a port: by its USB vendor, or because a board has answered there before.
 */
export function looksLikeBoard(port: Port): boolean {
  return (
    (port.vendorId !== null && isBoardVendor(Number.parseInt(port.vendorId, 16))) ||
    rememberedPorts().includes(remembered(port))
  );
}

/** Remembers a port that the user named and at which a board has answered, so that a search may ask it. */
export function rememberPort(port: Port): void {
  const ports = rememberedPorts();
  const entry = remembered(port);
  if (!ports.includes(entry)) writeFileAtomically(memory(), JSON.stringify([...ports, entry]));
}

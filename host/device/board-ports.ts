import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { cacheFolder, writeFileAtomically } from '../system/index.js';
import type { PortDescription } from './ports.js';

/**
 * USB vendors whose ports are those of boards, hexadecimal. Makers of adapters (FTDI, Silicon Labs, WCH) are not among
 * them: their ports may lead to anything, and some machines act on the first byte that they receive.
 */
const BOARD_VENDORS: Readonly<Record<string, string>> = {
  '03eb': 'Microchip',
  '045b': 'Renesas',
  '0483': 'ST',
  '04b4': 'Infineon',
  '0d28': 'Arm DAPLink',
  '1366': 'SEGGER',
  '1915': 'Nordic',
  '1b4f': 'SparkFun',
  '1cbe': 'TI',
  '1fc9': 'NXP',
  '2341': 'Arduino',
  '239a': 'Adafruit',
  '2886': 'Seeed',
  '2a03': 'Arduino',
  '2e8a': 'Raspberry Pi',
  '303a': 'Espressif',
};

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
    (port.vendorId !== null && Object.hasOwn(BOARD_VENDORS, port.vendorId.toLowerCase())) ||
    rememberedPorts().includes(remembered(port))
  );
}

/** Remembers a port that the user named and at which a board has answered, so that a search may ask it. */
export function rememberPort(port: Port): void {
  const ports = rememberedPorts();
  const entry = remembered(port);
  if (!ports.includes(entry)) writeFileAtomically(memory(), JSON.stringify([...ports, entry]));
}

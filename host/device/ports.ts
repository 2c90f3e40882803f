import { PortError } from '../core/error.js';

/** A serial port of this computer. */
export interface PortDescription {
  readonly path: string;
  readonly manufacturer: string | null;
  /** USB vendor and product, four hexadecimal digits each; null if the port is not on USB. */
  readonly vendorId: string | null;
  readonly productId: string | null;
}

/** A port as the system lists it. */
interface SystemPort {
  readonly path: string;
  readonly manufacturer?: string | undefined;
  readonly vendorId?: string | undefined;
  readonly productId?: string | undefined;
}

/** Loaded only when needed: it is native code, and recordings, networks and models must work without it. */
const systemPorts = async (): Promise<readonly SystemPort[]> => (await import('serialport')).SerialPort.list();

/**
 * Returns the serial ports of this computer, sorted by path. On Linux the list comes from udev. Throws `PortError` if
 * `udevadm` is missing.
 */
export async function listPorts(list = systemPorts): Promise<PortDescription[]> {
  const ports = await list().catch((cause: Error & { code?: string }) => {
    const advice = cause.code === 'ENOENT' ? '; install udev (Debian: apt-get install udev)' : '';
    throw new PortError(`the serial ports cannot be listed: ${cause.message}${advice}`, { cause });
  });
  return ports
    .map(({ path, manufacturer, vendorId, productId }) => ({
      path,
      manufacturer: manufacturer ?? null,
      vendorId: vendorId ?? null,
      productId: productId ?? null,
    }))
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { listPorts, PortError } from '../../host/board/index.js';

const port = (path: string, vendorId?: string) => ({
  path,
  manufacturer: undefined,
  serialNumber: undefined,
  pnpId: undefined,
  locationId: undefined,
  productId: vendorId && '5740',
  vendorId,
});

describe('listPorts', () => {
  test('sorts by path and says null for what a port does not have', async () => {
    const ports = await listPorts(async () => [port('/dev/ttyS0'), port('/dev/ttyACM0', '0483')]);
    assert.deepEqual(ports, [
      { path: '/dev/ttyACM0', manufacturer: null, vendorId: '0483', productId: '5740' },
      { path: '/dev/ttyS0', manufacturer: null, vendorId: null, productId: null },
    ]);
  });

  test('without udevadm the error says what to install and is one of the port', async () => {
    const missing = Object.assign(new Error('spawn udevadm ENOENT'), { code: 'ENOENT' });
    await assert.rejects(
      listPorts(() => Promise.reject(missing)),
      (error) => error instanceof PortError && error.exitCode === 3 && /install udev/.test(error.message),
    );
  });
});

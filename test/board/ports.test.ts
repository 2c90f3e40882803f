import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { describe, test } from 'node:test';
import { PortError } from '../../host/core/error.js';
import { listPorts } from '../../host/device/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { MAIN } from '../cli/spikeword.js';

const dataUrl = (code: string): string => `data:text/javascript,${encodeURIComponent(code)}`;

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
  test('sorts by path and gives null for properties that a port does not have', async () => {
    const ports = await listPorts(async () => [port('/dev/ttyS0'), port('/dev/ttyACM0', '0483')]);
    assert.deepEqual(ports, [
      { path: '/dev/ttyACM0', manufacturer: null, vendorId: '0483', productId: '5740' },
      { path: '/dev/ttyS0', manufacturer: null, vendorId: null, productId: null },
    ]);
  });

  test('throws a PortError that says what to install if udevadm is missing', async () => {
    const missing = Object.assign(new Error('spawn udevadm ENOENT'), { code: 'ENOENT' });
    await assert.rejects(
      listPorts(() => Promise.reject(missing)),
      (error) => error instanceof PortError && error.exitCode === 3 && /install udev/.test(error.message),
    );
  });

  test('other commands do not load the native code of serial ports', () => {
    const noAddons = dataUrl(`process.dlopen = () => { throw new Error('no native build'); };`);
    const without = (...args: string[]) =>
      spawnSync(process.execPath, ['--import', noAddons, MAIN, ...args], { encoding: 'utf8' });
    assert.equal(without('dataset', 'info', packagePath('datasets/sample')).status, 0);
    const { status, stderr } = without('ports');
    assert.equal(status, 3);
    assert.match(stderr, /^PortError: the serial ports cannot be listed: no native build\n$/);
  });
});

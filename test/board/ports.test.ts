import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { PortError } from '../../host/core/error.js';
import { listPorts, openBoard } from '../../host/device/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { MAIN } from '../cli/spikeword.js';
import { temporaryFolder } from '../dataset/corpus.js';

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

describe('a port that may lead to anything', () => {
  const adapter = { path: '/dev/ttyUSB0', manufacturer: 'FTDI', vendorId: '0403', productId: '6001' };
  const { SPIKEWORD_PORT, SPIKEWORD_CACHE } = process.env;
  before(() => {
    process.env.SPIKEWORD_PORT = '';
    process.env.SPIKEWORD_CACHE = temporaryFolder();
  });
  after(() => {
    for (const [name, value] of Object.entries({ SPIKEWORD_PORT, SPIKEWORD_CACHE })) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });

  test('is not even opened by a search, which would raise its DTR and RTS', async () => {
    const opened: string[] = [];
    const open = (path: string): Promise<never> => {
      opened.push(path);
      return Promise.reject(new PortError(`${path}: opened`));
    };
    const none = openBoard({ list: async () => [adapter, { ...adapter, path: '/dev/ttyS0', vendorId: null }], open });
    await assert.rejects(none, {
      name: 'PortError',
      message:
        /^no serial port looks like a board, so nothing was written to any: name one with --port, .* Ports: \/dev\/ttyUSB0, \/dev\/ttyS0$/,
    });
    const board = { ...adapter, path: '/dev/ttyACM0', vendorId: '2e8a' };
    await assert.rejects(openBoard({ list: async () => [adapter, board], open }), /\/dev\/ttyACM0: opened/);
    assert.deepEqual(opened, ['/dev/ttyACM0']);
  });

  const noProc = !(existsSync('/proc/self/comm') && existsSync('/bin/sleep')) && 'no /proc or no /bin/sleep';
  for (const [name, advice] of Object.entries({
    ModemManager: /; ModemManager takes new ports for modems \(sudo systemctl stop ModemManager\)/,
    brltty: /; brltty takes some USB adapters for Braille displays \(sudo systemctl stop brltty-udev brltty, or remove/,
  })) {
    test(`is not there or busy, perhaps because of ${name}, if that runs`, { skip: noProc }, async () => {
      const program = join(temporaryFolder(), name);
      copyFileSync('/bin/sleep', program);
      const child = spawn(program, ['60'], { stdio: 'ignore' });
      try {
        await once(child, 'spawn');
        await assert.rejects(openBoard({ port: '/dev/no-such-port' }), (error: PortError) => {
          assert.equal(error.exitCode, 3);
          assert.match(error.message, /^\/dev\/no-such-port: there is no such port; `spikeword ports` lists the ports/);
          assert.match(error.message, advice);
          return true;
        });
      } finally {
        child.kill('SIGKILL');
      }
    });
  }
});

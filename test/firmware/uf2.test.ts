import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import type { Firmware } from '../../host/boards/build.js';
import { findBoard, planInstallation } from '../../host/boards/index.js';
import { uf2InstallerWith } from '../../host/boards/install-uf2.js';
import { crc32Mpeg2 } from '../../host/boards/rp2040/crc32-mpeg2.js';
import { encodeUf2 } from '../../host/boards/uf2.js';
import { UsageError } from '../../host/core/error.js';

const folder = mkdtempSync(join(tmpdir(), 'spikeword-uf2-'));
after(() => rmSync(folder, { recursive: true, force: true }));

const pico = findBoard('pico');
const image = Uint8Array.from({ length: 1000 }, (_, k) => (k * 31) & 255);
const FAMILY = 0xe48bff56;

/** Reads a UF2 file as Microsoft's description of the format says: what a board's loader would write, and where. */
function loadUf2(file: Uint8Array): { readonly address: number; readonly bytes: Uint8Array } {
  assert.equal(file.length % 512, 0);
  const blocks = file.length / 512;
  const parts: number[] = [];
  let start = 0;
  for (let k = 0; k < blocks; k++) {
    const word = (at: number): number => new DataView(file.buffer, file.byteOffset).getUint32(512 * k + at, true);
    assert.equal(Buffer.from(file.subarray(512 * k, 512 * k + 4)).toString('latin1'), 'UF2\n');
    assert.deepEqual([word(4), word(508)], [0x9e5d5157, 0x0ab16f30]);
    assert.equal(word(8), 0x2000, 'the family is in the block, and nothing else is special');
    assert.deepEqual([word(16), word(20), word(24), word(28)], [256, k, blocks, FAMILY]);
    if (k === 0) start = word(12);
    assert.equal(word(12), start + parts.length, 'without a gap');
    parts.push(...file.subarray(512 * k + 32, 512 * k + 32 + 256));
  }
  return { address: start, bytes: Uint8Array.from(parts) };
}

describe('a UF2 file', () => {
  it('has the image at its address, in blocks of 256 bytes', () => {
    const { address, bytes } = loadUf2(encodeUf2(image, 0x10000000, FAMILY));
    assert.equal(address, 0x10000000);
    assert.deepEqual(bytes.subarray(0, image.length), image);
    assert.equal(bytes.length, 1024);
  });
});

describe('the CRC of the boot ROM', () => {
  it('is CRC-32/MPEG-2, of which the catalogue has a check value', () => {
    assert.equal(crc32Mpeg2(new TextEncoder().encode('123456789')), 0x0376e6e7);
  });
});

describe('a board with a drive', () => {
  const uf2 = join(folder, 'firmware.uf2');
  writeFileSync(uf2, encodeUf2(image, 0x10000000, FAMILY));
  const firmware = { uf2 } as Firmware;
  const times = { driveWithinMs: 1500, restartWithinMs: 1500 };

  const drive = (name: string, board = 'RPI-RP2'): string => {
    const path = join(folder, name);
    mkdirSync(path);
    writeFileSync(
      join(path, 'INFO_UF2.TXT'),
      `UF2 Bootloader v3.0\r\nModel: Raspberry Pi RP2\r\nBoard-ID: ${board}\r\n`,
    );
    return path;
  };
  /** The board restarts, so its drive disappears, once all of the file is there. */
  const restarts = (path: string): NodeJS.Timeout =>
    setInterval(() => {
      const copied = join(path, 'spikeword.uf2');
      if (existsSync(copied) && readFileSync(copied).length === readFileSync(uf2).length) {
        rmSync(join(path, 'INFO_UF2.TXT'), { force: true });
      }
    }, 20);

  it('gets the file as soon as its drive appears', async () => {
    const path = join(folder, 'appears');
    const plan = uf2InstallerWith(times, () => (existsSync(path) ? [join(folder, 'other'), path] : []))(pico, {});
    assert.match(plan.before.join('\n'), /Hold BOOTSEL/);
    const written = plan.write(firmware);
    drive('appears');
    const board = restarts(path);
    await written;
    clearInterval(board);
    assert.deepEqual(loadUf2(readFileSync(join(path, 'spikeword.uf2'))).bytes.subarray(0, 1000), image);
  });

  it('is not confused with another drive', async () => {
    const other = drive('rp2350', 'RP2350');
    const installer = uf2InstallerWith(times, () => [other, folder]);
    await assert.rejects(installer(pico, {}).write(firmware), {
      name: 'ToolError',
      message: /no drive RPI-RP2 appeared; hold BOOTSEL/,
    });
    assert.throws(() => installer(pico, { drive: other }), {
      name: 'UsageError',
      message: /belongs to a board RP2350/,
    });
    assert.throws(() => installer(pico, { drive: folder }), { name: 'UsageError', message: /no INFO_UF2\.TXT there/ });
    assert.equal(existsSync(join(other, 'spikeword.uf2')), false);
  });

  it('is one of several, so the user chooses', async () => {
    const [first, second] = [drive('first'), drive('second')];
    const installer = uf2InstallerWith(times, () => [first, second]);
    await assert.rejects(
      installer(pico, {}).write(firmware),
      /several drives .*first, .*second; choose one with --drive/,
    );
    const board = restarts(second);
    await installer(pico, { drive: second }).write(firmware);
    clearInterval(board);
    assert.equal(existsSync(join(first, 'spikeword.uf2')), false);
  });

  it('that does not restart is reported', async () => {
    const stuck = drive('stuck');
    await assert.rejects(uf2InstallerWith(times, () => [stuck])(pico, {}).write(firmware), {
      name: 'ToolError',
      message: /the drive has not gone away\..*unmount it\./,
    });
  });

  it('takes no other way, and others take no drive', () => {
    assert.throws(() => planInstallation(pico, { dfu: true }), UsageError);
    assert.throws(() => planInstallation(pico, { port: '/dev/ttyACM0' }), UsageError);
    assert.throws(() => planInstallation(findBoard('netduinoplus2'), { drive: folder }), UsageError);
  });
});

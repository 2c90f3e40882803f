import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, it } from 'node:test';
import {
  boards,
  buildFirmware,
  emulate,
  emulationOf,
  type Firmware,
  findBoard,
  imageCommand,
  kernelSource,
  planInstallation,
  prepareFlashFile,
} from '../../host/boards/index.js';
import { EXIT, UsageError } from '../../host/core/error.js';
import { ToolError } from '../../host/system/error.js';
import { packagePath, wasmBytes } from '../../host/system/package-files.js';
import { skipWithout } from './skip.js';

const skipBuilding = await skipWithout('wasm2c', 'arm-none-eabi-gcc');
const skipEmulating = await skipWithout('wasm2c', 'arm-none-eabi-gcc', 'qemu-system-arm');

const folder = mkdtempSync(join(tmpdir(), 'spikeword-firmware-'));
after(() => rmSync(folder, { recursive: true }));
const PARTS = [packagePath('test/firmware/programs/parts.c')];
const [board] = boards;
const image: Firmware = {
  ...{ folder, elf: join(folder, 'firmware.elf'), bin: join(folder, 'firmware.bin') },
  ...{ textBytes: 0, dataBytes: 0, bssBytes: 0, symbols: new Map() },
};

describe('boards by name', () => {
  it('refuses an unknown board and lists all', () => {
    assert.throws(() => findBoard('arduino'), {
      name: 'UsageError',
      message: /arduino; choose one of mps2-an386, .*rv32-virt/,
    });
  });
});

describe('a missing tool', () => {
  const withoutPath = async (work: () => Promise<unknown>): Promise<void> => {
    const { PATH } = process.env;
    process.env.PATH = folder;
    try {
      await work();
    } finally {
      process.env.PATH = PATH;
    }
  };

  it('is named, with how to install it', () =>
    withoutPath(async () => {
      const missing = (tool: string) => (error: unknown) =>
        error instanceof ToolError &&
        error.exitCode === EXIT.board &&
        error.message.startsWith(`${tool}: not found`) &&
        error.message.includes('npm run setup:boards');
      // the kernel itself comes translated
      await assert.rejects(buildFirmware(board), missing('arm-none-eabi-gcc'));
      await assert.rejects(kernelSource(wasmBytes('kernel-dense')), missing('wasm2c'));
      await assert.rejects(emulate(board, image, { flashFile: join(folder, 'none') }), missing('qemu-system-arm'));
    }));

  it('is not needed for the firmware of boards that can be installed, which comes built', { skip: skipBuilding }, () =>
    withoutPath(async () => {
      for (const name of ['pico', 'netduinoplus2']) {
        const { bin } = await buildFirmware(findBoard(name));
        assert.equal(bin, packagePath(`dist/firmware/${name}/firmware.bin`));
      }
      const { uf2 } = await buildFirmware(findBoard('pico'));
      assert.ok(statSync(uf2!).size > 2 * statSync((await buildFirmware(findBoard('pico'))).bin).size);
      // of other sources it would be another one
      const changed = { ...findBoard('pico'), stackBytes: 8192 };
      await assert.rejects(buildFirmware(changed), /arm-none-eabi-gcc: not found/);
    }),
  );
});

describe('a firmware that cannot be built', { skip: skipBuilding }, () => {
  it('shows the first lines of the compiler', async () => {
    const source = join(folder, 'wrong.c');
    writeFileSync(source, 'int main(void) { return undeclared; }\n');
    await assert.rejects(
      buildFirmware(board, { application: [source] }),
      (error) => error instanceof ToolError && /wrong\.c:1:25: error: 'undeclared' undeclared/.test(error.message),
    );
  });

  it('is one that does not fit its RAM', async () => {
    const source = join(folder, 'large.c');
    writeFileSync(source, 'char large[200000];\nint main(void) { return large[(unsigned)&main % 200000]; }\n');
    await assert.rejects(
      buildFirmware(board, { application: [source] }),
      (error) => error instanceof ToolError && /RAM/.test(error.message),
    );
  });
});

describe('an image', { skip: skipBuilding }, () => {
  it('is the same for two builds at once, and different with other macros', async () => {
    const [one, two] = await Promise.all([0, 0].map(() => buildFirmware(board, { application: PARTS })));
    assert.deepEqual(one, two);
    assert.equal(statSync(one.bin).size, one.textBytes + one.dataBytes);
    assert.ok(one.symbols.has('hal_flash_program') && one.symbols.has('hal_flash_erase'));
    const other = await buildFirmware(board, { application: PARTS, defines: { OTHER: '1' } });
    assert.notEqual(other.folder, one.folder);
  });
});

describe('an emulator', { skip: skipEmulating }, () => {
  it('that cannot start says what QEMU said', async () => {
    const ended = emulate(board, image, { flashFile: join(folder, 'flash') }).then((emulator) => emulator.ended);
    const error = await ended.catch((cause: unknown) => cause);
    assert.ok(error instanceof ToolError && error.exitCode === EXIT.board);
    assert.match(error.message, /could not load kernel/i);
  });

  it('refuses the flash of another process, but not that of a killed process', async () => {
    const flashFile = join(folder, 'taken.flash');
    const lock = `${flashFile}.pid`;
    const module = JSON.stringify(packagePath('dist/host/system/process-lock.js'));
    const code = `import(${module}).then(async ({ lockForProcess }) => {
      await lockForProcess(${JSON.stringify(lock)}, { taken: String });
      console.log('taken');
      setTimeout(() => {}, 60_000);
    })`;
    const other = spawn(process.execPath, ['-e', code], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(other.stdout, 'data');
    const firmware = await buildFirmware(board, { application: PARTS });
    await assert.rejects(emulate(board, firmware, { flashFile }), {
      name: 'ToolError',
      message: new RegExp(`process ${other.pid} is already emulating mps2-an386 .* --flash FILE; .* remove ${lock}`),
    });
    other.kill('SIGKILL');
    await once(other, 'exit');
    const emulator = await emulate(board, firmware, { flashFile });
    await emulator.stop();
    assert.ok(!existsSync(lock));
  });

  it('that dies is reported, and its process is gone', async () => {
    const firmware = await buildFirmware(board, { application: PARTS });
    const emulator = await emulate(board, firmware, { flashFile: join(folder, 'flash') });
    process.kill(emulator.processId, 'SIGKILL');
    assert.ok((await emulator.ended) instanceof ToolError);
    assert.throws(() => process.kill(emulator.processId, 0), { code: 'ESRCH' });
    await emulator.stop();
  });

  it('that is stopped leaves no process', async () => {
    const firmware = await buildFirmware(board, { application: PARTS });
    const emulator = await emulate(board, firmware, { flashFile: join(folder, 'flash') });
    await emulator.stop();
    assert.throws(() => process.kill(emulator.processId, 0), { code: 'ESRCH' });
  });
});

describe('a file that holds flash', () => {
  it('starts erased and has the size of the chip', () => {
    const path = join(folder, 'new.flash');
    prepareFlashFile(board, path);
    assert.equal(statSync(path).size, emulationOf(board).flashFileBytes);
    prepareFlashFile(board, path);
  });

  it('of another size is refused and left alone', () => {
    const path = join(folder, 'short.flash');
    writeFileSync(path, 'short');
    assert.throws(() => prepareFlashFile(board, path), { name: 'ToolError', message: /5 bytes, but .* 524288/ });
    assert.equal(statSync(path).size, 5);
  });
});

describe('an image for hardware', () => {
  const stm32 = findBoard('netduinoplus2');

  it('goes to the start of the STM32’s flash, over USB or a serial port', () => {
    const usb = imageCommand(image, { over: 'dfu' });
    assert.equal(usb.tool, 'dfu-util');
    assert.ok(usb.args.join(' ').includes('--dfuse-address 0x08000000:leave'));
    assert.ok(usb.args.includes(image.bin));
    const serial = imageCommand(image, { over: 'serial', port: '/dev/ttyUSB0' });
    assert.equal(serial.tool, 'stm32flash');
    assert.deepEqual([serial.args.includes(image.bin), serial.args.at(-1)], [true, '/dev/ttyUSB0']);
  });

  it('has instructions with the pins to set', () => {
    const { before, after: afterwards } = planInstallation(stm32, { dfu: true });
    assert.match(before.join('\n'), /BOOT0 to 3\.3 V/);
    assert.match(afterwards.join('\n'), /500000 baud .* PB6/);
  });

  it('is refused for a board that is only emulated', () => {
    assert.throws(() => planInstallation(board, { dfu: true }), UsageError);
  });
});

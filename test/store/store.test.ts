import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, before, beforeEach, describe, test } from 'node:test';
import { crc32 } from 'node:zlib';
import { RefusedError } from '../../host/core/error.js';
import { BoardClient, type Hello, SLOT_STATE } from '../../host/core/protocol/index.js';
import { buildNative, type NativeOptions, nativeSkip, startNative, streamOf } from '../native/index.js';
import { RECORD_PLACES, slotImage } from './slot-image.js';
import { install, type TrialModel, trialModels, whatRuns } from './trial-models.js';

const SLOT = 16_384;
const SECTOR = 1024;
const models = trialModels();
const [first, second, third, wide] = models;

describe('the store of models', { skip: nativeSkip }, () => {
  let executable: string;
  let folder: string;
  let flash: string;
  before(async () => {
    executable = await buildNative({ sanitize: true });
  });
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-store-'));
    flash = join(folder, 'flash');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Boots a board with this flash, and does the work on it. */
  async function boot<T>(
    work: (client: BoardClient, hello: Hello) => Promise<T>,
    options: Partial<NativeOptions> = {},
    firmware = executable,
  ): Promise<T> {
    const board = startNative(firmware, { flash, slotBytes: SLOT, sectorBytes: SECTOR, ...options });
    const client = new BoardClient(streamOf('native board', board.port, board.stop));
    try {
      return await work(client, await client.hello());
    } finally {
      await client.close();
      assert.equal(board.stderr(), '');
    }
  }

  const running = async (client: BoardClient): Promise<string | undefined> =>
    (await whatRuns(client, await client.hello(), models))?.name;

  const refusal =
    (status: number, detail?: number, other?: number) =>
    (error: unknown): boolean => {
      assert.ok(error instanceof RefusedError, String(error));
      assert.equal(error.status, status, error.message);
      if (detail !== undefined) assert.equal(error.detail, detail, error.message);
      if (other !== undefined) assert.equal(error.other, other, error.message);
      return true;
    };

  const writeFlash = (slot0: Buffer | null, slot1: Buffer | null): void => {
    const erased = Buffer.alloc(SLOT, 0xff);
    writeFileSync(flash, Buffer.concat([slot0 ?? erased, slot1 ?? erased]));
  };

  test('is empty at first, and runs a new model at once and after a restart', async () => {
    await boot(async (client, hello) => {
      assert.equal(hello.activeSlot, null);
      assert.deepEqual(
        hello.slots.map(({ state }) => state),
        [SLOT_STATE.empty, SLOT_STATE.empty],
      );
      for (const model of models) {
        await install(client, model);
        assert.equal(await running(client), model.name);
      }
    });
    await boot(async (client) => assert.equal(await running(client), models.at(-1)?.name));
  });

  test('answers a COMMIT that is repeated after a restart', async () => {
    await boot((client) => install(client, first));
    await boot(async (client) => {
      assert.equal((await client.commit(first.bytes.length, first.crc)).crc, first.crc);
    });
  });

  test('rolls back to the other model and forward again, also after restarts', async () => {
    await boot(async (client) => {
      await install(client, first);
      await assert.rejects(client.rollback(), refusal(26, SLOT_STATE.empty));
      await install(client, second);
      for (const wanted of [first, second, first, second, first]) {
        assert.equal((await client.rollback()).crc, wanted.crc);
        assert.equal(await running(client), wanted.name);
      }
    });
    await boot(async (client) => {
      assert.equal(await running(client), first.name);
      await client.rollback();
    });
    await boot(async (client) => assert.equal(await running(client), second.name));
  });

  test('changes only the other slot: erases from its start, then writes model, header, and last the commit record', async () => {
    await boot((client) => install(client, first));
    const flashLog = join(folder, 'log');
    await boot((client) => install(client, second), { flashLog });
    const operations = readFileSync(flashLog, 'utf8').trim().split('\n');
    const sectors = Math.ceil((1024 + second.bytes.length) / SECTOR);
    const erases = Array.from({ length: sectors }, (_, k) => `erase ${SLOT + SECTOR * k} ${SECTOR}`);
    assert.deepEqual(operations.slice(0, sectors), erases);
    assert.deepEqual(operations.slice(-2), [`program ${SLOT} 20`, `program ${SLOT + 32} 8`]);
    let at = SLOT + 1024;
    for (const operation of operations.slice(sectors, -2)) {
      const [name, address, length] = operation.split(' ');
      assert.deepEqual([name, Number(address)], ['program', at]);
      at += Number(length);
    }
    assert.equal(at, SLOT + 1024 + second.bytes.length);
  });

  test('reports that a slot has no room for another rollback, and then accepts an update', async () => {
    const sequences = Array.from({ length: RECORD_PLACES }, (_, k) => k + 1);
    writeFlash(slotImage(SLOT, first.bytes, sequences), slotImage(SLOT, second.bytes, [1000]));
    await boot(async (client) => {
      await assert.rejects(client.rollback(), refusal(27, RECORD_PLACES));
      assert.equal(await running(client), second.name);
      await install(client, third);
      await client.rollback();
      assert.equal(await running(client), second.name);
    });
  });

  test('compares sequence numbers that wrap around', async () => {
    writeFlash(slotImage(SLOT, first.bytes, [0xffffffff]), slotImage(SLOT, second.bytes, [0xfffffffe]));
    await boot(async (client, hello) => {
      assert.equal(hello.activeSlot, 0);
      await install(client, third);
      const after = await client.hello();
      assert.deepEqual([after.activeSlot, after.slots[1].sequence], [1, 0]);
    });
    await boot(async (client) => assert.equal(await running(client), third.name));
  });

  test('runs slot 0 if both have the same sequence, and still accepts an update', async () => {
    writeFlash(slotImage(SLOT, first.bytes, [7]), slotImage(SLOT, second.bytes, [7]));
    await boot(async (client) => {
      assert.equal(await running(client), first.name);
      await install(client, third);
    });
    await boot(async (client) => assert.equal(await running(client), third.name));
  });

  test('runs the last valid sequence', async () => {
    const slot = slotImage(SLOT, first.bytes, [3, 9, 11]);
    slot[32 + 8 * 2] ^= 1; // the third: not a number and its complement any more
    writeFlash(slot, slotImage(SLOT, second.bytes, [8]));
    await boot(async (client, hello) => {
      assert.deepEqual([hello.activeSlot, hello.slots[0].sequence], [0, 9]);
      await client.rollback();
      // the damaged record of slot 0 is skipped
      await client.rollback();
      assert.equal((await client.hello()).slots[0].sequence, 11);
    });
    assert.equal(readFileSync(flash).readUInt32LE(32 + 8 * 3), 11);
  });

  for (const [what, damage, state] of [
    ['content', (slot: Buffer) => slot.fill(0, 1500, 1501), SLOT_STATE.damaged],
    ['header', (slot: Buffer) => slot.fill(0, 9, 10), SLOT_STATE.unfinished],
    ['record', (slot: Buffer) => slot.fill(0, 32, 33), SLOT_STATE.unfinished],
  ] as const) {
    test(`runs the older model if the newer one has a damaged ${what}`, async () => {
      const newer = slotImage(SLOT, second.bytes, [2]);
      damage(newer);
      writeFlash(slotImage(SLOT, first.bytes, [1]), newer);
      await boot(async (client, hello) => {
        assert.equal(hello.slots[1].state, state);
        assert.equal(await running(client), first.name);
        await install(client, second);
        assert.equal(await running(client), second.name);
      });
    });
  }

  test('runs the older model if the kernel refuses the newer one', async () => {
    const refused = second.bytes.slice();
    refused[4] = 9; // format version
    writeFlash(slotImage(SLOT, first.bytes, [1]), slotImage(SLOT, refused, [2]));
    await boot(async (client, hello) => {
      assert.equal(hello.slots[1].state, SLOT_STATE.refused);
      assert.equal(await running(client), first.name);
      await assert.rejects(client.rollback(), refusal(26, SLOT_STATE.refused));
    });
  });

  describe('refuses before anything is erased', () => {
    const begin = async (bytes: Uint8Array, status: number, detail?: number, other?: number): Promise<void> => {
      await boot(async (client) => {
        await install(client, first);
        await install(client, second);
        const erased = (await client.statistics()).sectorsErased;
        await assert.rejects(client.begin(bytes, 1), refusal(status, detail, other));
        assert.equal((await client.statistics()).sectorsErased, erased);
        assert.equal(await running(client), second.name);
        await client.rollback();
        assert.equal(await running(client), first.name);
      });
    };
    const edited = (offset: number, value: number): Uint8Array => {
      const bytes = Buffer.from(third.bytes);
      bytes.writeUInt32LE(value, offset);
      return bytes;
    };
    const section = (kind: number): number => Buffer.from(third.bytes).readUInt32LE(20 + 12 * (kind - 1) + 4);

    test('a model that does not fit a slot', () =>
      begin(Buffer.concat([third.bytes, Buffer.alloc(SLOT)]), 16, third.bytes.length + SLOT, SLOT - 1024));
    test('a model of another format version', () => begin(edited(4, 9), 18, 9, 3));
    test('a file that is not a model', () => begin(edited(0, 0x12345678), 19, 3, 0x12345678));
    test('a model whose length differs from the stated one', () => begin(edited(8, 44), 19, 5, 44));
    test('a model without a valid section table', () => begin(edited(24, 96), 19, 7, 1));
    test('a model with a layer out of range', () => begin(edited(section(3) + 44 + 16, 0), 19, 11, 0));
    test('a model with weights outside the file', () => begin(edited(section(3) + 44 + 36, 1 << 20), 19, 12, 0));
    test('a model that needs more RAM than there is', async () => {
      const { kernelRamUsed } = await boot(async (client) => {
        await install(client, wide);
        return client.statistics();
      });
      // a board with slightly less RAM than that, on which the small model runs
      const ram = kernelRamUsed - 16;
      const defines = { KERNEL_RAM_BYTES: ram };
      await boot(
        async (client, { kernelRamBytes }) => {
          assert.equal(kernelRamBytes, ram);
          await install(client, first);
          await assert.rejects(client.begin(wide.bytes, wide.crc), refusal(17, kernelRamUsed, ram));
          assert.equal(await running(client), first.name);
        },
        { flash: join(folder, 'another') },
        await buildNative({ sanitize: true, defines }),
      );
    });
  });

  test('keeps the running model usable during an update and after a failed one', async () => {
    await boot(async (client) => {
      await install(client, first);
      await client.begin(second.bytes, second.crc);
      assert.equal((await client.hello()).updating, true);
      assert.equal(await running(client), first.name);
      // the content of the other slot is already gone
      await assert.rejects(client.rollback(), refusal(26, SLOT_STATE.empty));
      await assert.rejects(client.commit(second.bytes.length, second.crc), refusal(21, 0, second.bytes.length));
      await assert.rejects(client.commit(5, second.crc), refusal(20, 5, second.bytes.length));
      await client.write(second.bytes);
      assert.equal(await running(client), first.name);
      await client.commit(second.bytes.length, second.crc);
      assert.equal(await running(client), second.name);

      // bytes that differ from the announced ones
      await client.begin(third.bytes, third.crc ^ 1);
      await client.write(third.bytes);
      await assert.rejects(client.commit(third.bytes.length, (third.crc ^ 1) >>> 0), refusal(22, third.crc));
      assert.equal(await running(client), second.name);
    });
    await boot(async (client) => assert.equal(await running(client), second.name));
  });

  test('refuses at COMMIT faults that only the whole file shows, and keeps running the old model', async () => {
    const bytes = Buffer.from(third.bytes);
    bytes[bytes.length - 30] ^= 1; // the file's own CRC is wrong now, that of the transfer is right
    const bad: TrialModel = { ...third, bytes, crc: crc32(bytes) };
    await boot(async (client) => {
      await install(client, first);
      await assert.rejects(install(client, bad), refusal(19, 6));
      assert.equal(await running(client), first.name);
    });
    // nothing was committed
    await boot(async (_client, { slots }) => assert.equal(slots[1].state, SLOT_STATE.empty));
  });

  test('names the sector that cannot be erased, and the unit that cannot be programmed', async () => {
    await boot((client) => install(client, first));
    await boot(
      async (client) => {
        await assert.rejects(install(client, second), refusal(23, SLOT + 1024 + 40));
        assert.equal(await running(client), first.name);
      },
      { stuck: { address: SLOT + 1024 + 40, value: 0 } },
    );
    // the model's magic has bit 0 set in its first byte only: S; the second is P
    const address = SLOT + 1024 + 1;
    await boot(
      async (client) => {
        await assert.rejects(install(client, second), refusal(24));
        assert.equal(await running(client), first.name);
        await assert.rejects(client.commit(second.bytes.length, second.crc), refusal(8));
      },
      { stuck: { address, value: 1 } },
    );
    // a byte of the commit record, which is written last: 2 and its complement
    await boot(
      async (client) => {
        await assert.rejects(install(client, second), refusal(24, SLOT + 32));
        assert.equal(await running(client), first.name);
        const { slots } = await client.hello();
        assert.deepEqual(slots[1], { sequence: 0, length: 0, crc: 0, state: SLOT_STATE.unfinished });
      },
      { stuck: { address: SLOT + 32, value: 1 } },
    );
    await boot(async (client) => assert.equal(await running(client), first.name));
  });
});

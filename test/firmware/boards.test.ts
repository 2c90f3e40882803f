import assert from 'node:assert/strict';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import {
  type Board,
  boards,
  buildFirmware,
  type Emulator,
  emulate,
  emulatorTool,
  type Firmware,
  prepareFlashFile,
} from '../../host/boards/index.js';
import { encodeModel } from '../../host/core/model/index.js';
import { withBoard } from '../../host/device/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { judge } from '../judge/judge.js';
import { randomQuantizedNetwork } from '../judge/random-network.js';
import { Conversation } from './conversation.js';
import { skipWithout } from './skip.js';

const PARTS = [packagePath('test/firmware/programs/parts.c')];
const network = randomQuantizedNetwork(23, { dimensions: 1, timesteps: 4 });
const model = encodeModel(network);
const { frames, coefficients } = network.spec.input;
/** The formula of parts.c. */
const features = Int8Array.from({ length: frames * coefficients }, (_, k) => (k * k * 37 + k * 11) & 255);

const skips = new Map<Board, string | false>();
for (const board of boards) {
  const compiler = board.family === 'riscv' ? 'riscv64-unknown-elf-gcc' : 'arm-none-eabi-gcc';
  skips.set(board, await skipWithout('wasm2c', compiler, emulatorTool(board)));
}

const folder = mkdtempSync(join(tmpdir(), 'spikeword-boards-'));
after(() => rmSync(folder, { recursive: true, force: true }));

for (const board of boards) {
  describe(board.name, { skip: skips.get(board) }, () => {
    const flashFile = join(folder, `${board.name}.flash`);
    let firmware: Firmware;
    let emulator: Emulator;
    let line: Conversation;

    const boot = async (): Promise<void> => {
      const serialSocket = join(folder, `${board.name}.serial`);
      line = await Conversation.open(serialSocket, async () => {
        emulator = await emulate(board, firmware, { flashFile, serialSocket });
      });
      assert.equal(await line.until('ready'), `ready ${board.name}\n`);
    };
    const cutPower = async (): Promise<void> => {
      line.close();
      await emulator.stop();
    };

    before(async () => {
      firmware = await buildFirmware(board, { application: PARTS });
      prepareFlashFile(board, flashFile);
      const file = openSync(flashFile, 'r+');
      writeSync(file, model, 0, model.length, 0);
      closeSync(file);
      await boot();
    });
    after(cutPower);

    it('identifies itself after a restart, with another nonce', async () => {
      const [first, again] = await line.numbers('nn');
      line.send('r');
      assert.match(await line.until('ready'), new RegExp(`ready ${board.name}\n$`));
      const [second] = await line.numbers('n');
      assert.equal(first, again, 'one boot has one nonce');
      assert.notEqual(first, second);
      assert.ok(first > 0 && second > 0);
    });

    for (const [fault, letter] of Object.entries({
      'its stack overflows': 'O',
      'code is left': 'J',
      'nothing is read': 'R',
    })) {
      it(`restarts with another nonce if ${fault}`, async () => {
        const [first] = await line.numbers('n');
        line.send(letter);
        assert.match(await line.until('ready'), new RegExp(`ready ${board.name}\n$`));
        const [second] = await line.numbers('n');
        assert.notEqual(first, second);
      });
    }

    it('counts the same for the same work', async () => {
      // a turn is a decrement and a branch: two instructions, and four cycles of rp2040js, which counts as a Cortex-M0
      const [unit, turn] = board.emulation?.program === 'rp2040js' ? [2, 4] : [1, 2];
      assert.deepEqual(await line.numbers('u'), [unit]);
      const [nothing, , thousand, again, million, millionAgain] = await line.numbers('001122');
      assert.deepEqual([thousand, million], [again, millionAgain]);
      assert.ok(Math.abs(thousand - nothing - 1000 * turn) <= 16, `1000 turns took ${thousand} − ${nothing}`);
      assert.ok(Math.abs(million - nothing - 1_000_000 * turn) <= 16, `1000000 turns took ${million} − ${nothing}`);
    });

    it('receives a whole frame while it computes', async () => {
      const bytes = Buffer.from(Array.from({ length: 1044 }, (_, k) => (k * 7) & 255));
      line.send('l');
      await line.until('go');
      line.send(bytes.toString('latin1'));
      assert.equal(
        Number(await line.until('\\d')),
        bytes.subarray(1).reduce((sum, byte) => sum + byte, 0),
      );
    });

    it('keeps what it programmed through a power cut, and only clears bits', async () => {
      assert.deepEqual(await line.numbers('w'), [1]);
      await cutPower();
      await boot();
      assert.deepEqual(await line.numbers('f'), [0x00ff1230]);
    });

    it('refuses flash addresses off its grid or outside the model area', async () => {
      assert.deepEqual(await line.numbers('x'), [10]);
    });

    it('computes the same as the judge, twice with the same count', async () => {
      line.send('k');
      const said = await line.until('(done|error|no)');
      line.send('k');
      assert.equal(await line.until('(done|error|no)'), said);
      const { scores, class: winner } = judge(network, features);
      const numbers = (name: string): number[] =>
        [...said.matchAll(new RegExp(`^${name} (\\d+)$`, 'gm'))].map(([, digits]) => Number(digits) | 0);
      assert.deepEqual(numbers('score'), scores);
      assert.deepEqual(numbers('winner'), [winner]);
      assert.ok(numbers('instructions')[0] > 1000);
    });

    it('leaves most of its stack untouched', async () => {
      const [used] = await line.numbers('s');
      assert.ok(used > 0 && used < board.stackBytes / 2, `${used} of ${board.stackBytes} bytes`);
    });

    it('answers HELLO with its name and sizes', async () => {
      const whole = await buildFirmware(board);
      const { port, stop } = await emulate(board, whole, { flashFile: join(folder, `${board.name}.whole`) });
      try {
        await withBoard({ port }, async ({ hello }) => {
          assert.equal(hello.board, board.name);
          assert.equal(hello.slotBytes, board.slotBytes);
          assert.equal(hello.firmwareBytes, whole.textBytes + whole.dataBytes);
        });
      } finally {
        await stop();
      }
    });
  });
}

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { kernelSource } from '../../host/boards/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { skipWithout } from './skip.js';

const RAM = 32_768;
const WINDOW = 65_536;
/** The window of accesses.c; byte k contains k + 1. */
const WINDOW_BYTES = 100;

const TRAP = { none: 0, outOfBounds: 1, overflow: 2, divisionByZero: 3, unreachable: 5 };
/** What `kernel_push` returns after a trap. */
const TRAPPED = -(2 ** 31);
/** The first word of the data segment. */
const DATA = 0x04030201;

/** The kinds of access in accesses.wat. */
const KIND = {
  ...{ load8: 0, load16: 1, load32: 2, load64: 3, loadAt8: 4, loadAt65536: 5, loadAt65540: 6, loadAtEnd: 7 },
  ...{ store8: 10, store32: 11, store64: 12, storeAt8: 13, fill: 20, copyTo: 21, copyFrom: 22 },
  ...{ divide: 30, remainder: 31, unreachable: 32, divideSigned: 33 },
};

type Access = readonly [kind: number, address: number, value?: number];

interface Outcome {
  readonly result: number;
  readonly trap: number;
  readonly address: number;
  readonly word: number;
}

describe('the memory of the runtime', { skip: await skipWithout('wasm2c', 'wat2wasm', 'gcc') }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-runtime-'));
  const program = join(folder, 'accesses');
  after(() => rmSync(folder, { recursive: true }));

  before(async () => {
    const wasm = join(folder, 'accesses.wasm');
    execFileSync('wat2wasm', [packagePath('test/firmware/programs/accesses.wat'), '-o', wasm]);
    const kernel = await kernelSource(readFileSync(wasm));
    const sources = [kernel.source, ...kernel.runtimeSources, packagePath('test/firmware/programs/accesses.c')];
    const options = ['-std=c11', '-O1', '-w', '-fsanitize=address,undefined', '-fno-sanitize-recover=all'];
    const includes = kernel.includeFolders.map((path) => `-I${path}`);
    execFileSync('gcc', [...options, `-DKERNEL_RAM_BYTES=${RAM}u`, ...includes, ...sources, '-o', program]);
  });

  function run(...accesses: Access[]): Outcome[] {
    const input = accesses.map(([kind, address, value = 0]) => `${kind} ${address >>> 0} ${value >>> 0}\n`).join('');
    const lines = execFileSync(program, { input, encoding: 'utf8' }).trim().split('\n');
    assert.equal(lines.length, accesses.length);
    return lines.map((line) => {
      const [result, trap, address, word] = line.split(' ').map(Number);
      return { result, trap, address, word };
    });
  }
  const results = (...accesses: Access[]): number[] =>
    run(...accesses).map(({ result, trap }) => (trap === TRAP.none ? result : Number.NaN));
  const assertTraps = (...accesses: Access[]): void => {
    run(...accesses).forEach(({ result, trap, word }, k) => {
      assert.deepEqual([result, trap, word], [TRAPPED, TRAP.outOfBounds, DATA], `access ${accesses[k].join(' ')}`);
    });
  };

  it('reads RAM, its data and the window, up to the last byte of each', () => {
    assert.deepEqual(
      results(
        [KIND.load32, 1024],
        [KIND.load8, RAM - 1],
        [KIND.load32, RAM - 4],
        [KIND.load64, RAM - 8],
        [KIND.loadAt8, RAM - 12],
        [KIND.load32, WINDOW],
        [KIND.load8, WINDOW + WINDOW_BYTES - 1],
        [KIND.load16, WINDOW + WINDOW_BYTES - 2],
        [KIND.load64, WINDOW + WINDOW_BYTES - 8],
        [KIND.loadAt8, WINDOW],
        // the offset alone points into the window
        [KIND.loadAt65536, 4],
        [KIND.loadAt8, WINDOW - 8],
        [KIND.loadAt65540, 0],
      ),
      [DATA, 0, 0, 0, 0, 0x04030201, 100, 0x6463, 0x605f5e5d, 0x0c0b0a09, 0x08070605, 0x04030201, 0x08070605],
    );
  });

  it('traps if a read leaves RAM, reads from the gap, or leaves the window', () => {
    assertTraps(
      [KIND.load8, RAM],
      [KIND.load32, RAM],
      [KIND.load64, RAM],
      [KIND.loadAt8, RAM],
      [KIND.load32, 50_000],
      [KIND.load8, WINDOW - 1],
      [KIND.load32, WINDOW - 2],
      [KIND.loadAt8, WINDOW - 9],
      [KIND.load8, WINDOW + WINDOW_BYTES],
      [KIND.load16, WINDOW + WINDOW_BYTES - 1],
      [KIND.load32, WINDOW + WINDOW_BYTES - 3],
      [KIND.load64, WINDOW + WINDOW_BYTES - 7],
      [KIND.loadAt65536, WINDOW_BYTES - 3],
    );
  });

  it('reads the empty margin if an access begins at the very end of RAM', () => {
    assert.deepEqual(
      results([KIND.load16, RAM - 1], [KIND.load32, RAM - 3], [KIND.load64, RAM - 1], [KIND.loadAt8, RAM - 1]),
      [0, 0, 0, 0],
    );
    assert.deepEqual(
      run([KIND.store64, RAM - 1], [KIND.storeAt8, RAM - 1, 1]).map(({ trap, word }) => [trap, word]),
      [
        [TRAP.none, DATA],
        [TRAP.none, DATA],
      ],
    );
  });

  it('traps near 2^32, where address and offset wrap to a valid address', () => {
    assertTraps(
      [KIND.load8, -1],
      [KIND.load32, -4],
      [KIND.load64, -8],
      [KIND.loadAt8, -4],
      [KIND.loadAt8, -8],
      [KIND.loadAt65536, -65_536 + 1024],
      [KIND.loadAt65536, -4],
      [KIND.loadAt65540, -4],
      [KIND.loadAt65540, -65_540 + 1024],
      [KIND.loadAtEnd, 4 + 1024],
      [KIND.loadAtEnd, 4 + WINDOW],
      [KIND.store8, -1],
      [KIND.store32, -4],
      [KIND.store64, -8],
      [KIND.storeAt8, -8, 1],
      [KIND.fill, -4, 8 + 1024],
      [KIND.fill, 4, -4],
      [KIND.copyTo, -8, 16],
      [KIND.copyFrom, -8, 16],
      [KIND.copyFrom, WINDOW + 4, -4],
    );
  });

  it('names the address of a bad access', () => {
    assert.equal(run([KIND.loadAt8, 50_000])[0].address, 50_008);
  });

  it('writes RAM and nothing else', () => {
    assert.deepEqual(
      run([KIND.store32, 1024, 0x55], [KIND.storeAt8, RAM - 12, 1], [KIND.store64, RAM - 8]).map(({ word }) => word),
      [0x55, DATA, DATA],
    );
    assertTraps(
      [KIND.store8, WINDOW, 1],
      [KIND.store32, WINDOW + 4, 1],
      [KIND.store64, WINDOW],
      [KIND.storeAt8, WINDOW - 8, 1],
      [KIND.store8, RAM, 1],
      [KIND.store32, RAM, 1],
      [KIND.store64, RAM],
      [KIND.storeAt8, RAM, 1],
      [KIND.store32, 50_000, 1],
      [KIND.fill, WINDOW, 4],
      [KIND.copyTo, WINDOW, 4],
    );
  });

  it('fills and copies, and traps before it writes a byte', () => {
    assert.deepEqual(
      run([KIND.fill, 1024, 2], [KIND.copyTo, 1025, 4], [KIND.copyFrom, WINDOW, 4], [KIND.copyFrom, 1027, 4]).map(
        ({ word }) => word,
      ),
      // one upwards, overlapping: 01 01 02 03; from the window; downwards: 04 05 06 07
      [0x0403ffff, 0x03020101, 0x04030201, 0x07060504],
    );
    assertTraps(
      [KIND.fill, 1024, RAM],
      [KIND.copyTo, RAM - 4, 8],
      [KIND.copyFrom, WINDOW + WINDOW_BYTES - 4, 8],
      [KIND.copyFrom, RAM - 4, 8],
    );
    assert.deepEqual(results([KIND.fill, RAM, 0], [KIND.copyFrom, WINDOW + WINDOW_BYTES, 0]), [0, 0]);
  });

  it('traps on a division by zero, its overflow, and unreachable code', () => {
    assert.deepEqual(
      run(
        [KIND.divide, 0, 0],
        [KIND.remainder, 0, 0],
        [KIND.unreachable, 0],
        [KIND.divideSigned, 0x8000_0000, -1],
        [KIND.divideSigned, -7, 2],
      ).map(({ result, trap }) => [result, trap]),
      [
        [TRAPPED, TRAP.divisionByZero],
        [TRAPPED, TRAP.divisionByZero],
        [TRAPPED, TRAP.unreachable],
        [TRAPPED, TRAP.overflow],
        [-3, TRAP.none],
      ],
    );
  });
});

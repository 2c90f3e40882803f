import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { QemuEmulation } from '../../host/boards/boards.js';
import { type Board, buildFirmware, type Firmware, findBoard, firmwarePath } from '../../host/boards/index.js';
import { toolchain } from '../../host/boards/toolchain.js';
import { runTool } from '../../host/boards/tools.js';
import { packagePath } from '../../host/system/package-files.js';

/** The cores that the library is run on, as variants of boards that QEMU has. */
const CORES = {
  // QEMU has no board with this core and enough memory; a Cortex-M3 runs the same instructions
  'Cortex-M0+': { board: 'mps2-an385', processor: ['-mcpu=cortex-m0plus', '-masm-syntax-unified'], script: 'mps2.ld' },
  'Cortex-M4': { board: 'mps2-an386', processor: ['-mcpu=cortex-m4+nofp'], script: 'mps2.ld' },
  'Cortex-M7': { board: 'mps2-an500', processor: ['-mcpu=cortex-m7+nofp'], script: 'mps2-m7.ld' },
  RV32IMC: { board: 'rv32-virt', processor: undefined, script: undefined },
} as const;

export type Core = keyof typeof CORES;
export const cores = Object.keys(CORES) as Core[];

export interface Heard {
  /** What init and the self test said. */
  readonly said: readonly string[];
  /** word, score, samples */
  readonly detections: readonly (readonly number[])[];
  /** Instructions of all calls that take sound or compute, and of the longest; bytes of stack. */
  readonly instructions: number;
  readonly longest: number;
  /** Instructions of spikeword_init. */
  readonly init: number;
  readonly stack: number;
  /** Instructions of the longest inference. */
  readonly inference: number;
}

function boardOf(core: Core): Board {
  const { board, processor, script } = CORES[core];
  const known = findBoard(board);
  const linkerScript = script === undefined ? known.linkerScript : `../../test/export/programs/${script}`;
  return { ...known, name: `${known.name}-library`, processor: processor ?? known.processor, linkerScript };
}

/** Bytes of code and constants of the library for a core, without a model. */
export async function codeBytes(core: Core, folder: string): Promise<number> {
  const board = boardOf(core);
  const { gcc, size, compile } = toolchain(board, firmwarePath('boards'));
  const object = join(mkdtempSync(join(tmpdir(), 'spikeword-code-')), 'spikeword.o');
  try {
    await runTool(gcc, [...compile, '-c', join(folder, 'spikeword.c'), '-o', object]);
    const [text, data] = (await runTool(size, [object])).stdout.trim().split('\n')[1].trim().split(/\s+/).map(Number);
    return text + data;
  } finally {
    rmSync(dirname(object), { recursive: true });
  }
}

/** Compiles the C of an export for a core, lets it hear the samples, and returns what it tells. */
export async function hearOn(
  core: Core,
  folder: string,
  name: string,
  samples: Int16Array,
  timeoutMs = 300_000,
): Promise<Heard> {
  const board = boardOf(core);
  const firmware = await buildFor(core, folder, name, 'on-board.c');
  const content = Buffer.concat([Uint32Array.of(samples.length), samples].map((v) => Buffer.from(v.buffer)));
  const lines = await runOnBoard(board, firmware, content, timeoutMs);
  const [[instructions, longest, init, stack, inference]] = numbersIn(lines, 'spent');
  return {
    said: lines.slice(lines.indexOf('init'), lines.indexOf('init') + 2),
    detections: numbersIn(lines, 'word'),
    instructions,
    longest,
    init,
    stack,
    inference,
  };
}

/** Compiles the C of an export for a core, and returns what clips-on-board.c tells of each clip of the samples. */
export async function classifyOn(core: Core, folder: string, name: string, samples: Int16Array): Promise<number[][]> {
  const firmware = await buildFor(core, folder, name, 'clips-on-board.c');
  const content = Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength);
  const count = Buffer.from(Uint32Array.of(samples.length).buffer);
  return numbersIn(await runOnBoard(boardOf(core), firmware, Buffer.concat([count, content]), 300_000), 'clip');
}

/** Compiles a program and the C of an export for a core. */
function buildFor(core: Core, folder: string, name: string, program: string): Promise<Firmware> {
  const sources = ['spikeword.c', `spikeword_${name}.c`].map((file) => join(folder, file));
  return buildFirmware(boardOf(core), {
    application: [packagePath(`test/export/programs/${program}`), ...sources],
    defines: {
      MODEL_HEADER: `"${join(folder, `spikeword_${name}.h`)}"`,
      MODEL: `spikeword_model_${name}`,
      TEST: `spikeword_test_${name}`,
    },
  });
}

/** The numbers in each line that begins with a word. */
export function numbersIn(lines: readonly string[], key: string): number[][] {
  return lines.filter((line) => line.startsWith(`${key} `)).map((line) => line.trim().split(' ').slice(1).map(Number));
}

/** Boots a board in QEMU, with a file that its program can read, and returns the lines it prints until `end`. */
export async function runOnBoard(
  board: Board,
  firmware: Firmware,
  content: Uint8Array,
  timeoutMs: number,
): Promise<string[]> {
  const scratch = mkdtempSync(join(tmpdir(), 'spikeword-core-'));
  try {
    const file = join(scratch, 'file');
    writeFileSync(file, content);
    const { program, machine } = board.emulation as QemuEmulation;
    const plain = ['-display', 'none', '-monitor', 'none', '-nodefaults', '-serial', 'stdio', '-net', 'none'];
    const text = await untilEnd(
      program,
      [
        ...['-machine', machine, ...plain],
        ...['-icount', 'shift=0', '-semihosting-config', `enable=on,target=native,arg=${file}`],
        ...[board.family === 'riscv' ? '-bios' : '-kernel', firmware.elf],
      ],
      timeoutMs,
    );
    return text.trim().split('\n');
  } finally {
    rmSync(scratch, { recursive: true });
  }
}

/** Runs an emulator until it prints `end`, and returns what it printed. */
function untilEnd(program: string, args: readonly string[], timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    let text = '';
    // it would go on for ever without this process
    const stop = (): void => void child.kill('SIGKILL');
    process.once('exit', stop);
    const timeout = setTimeout(() => child.kill('SIGKILL'), timeoutMs);
    child.stderr.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    child.stdout.setEncoding('utf8').on('data', (more: string) => {
      text += more;
      if (text.includes('\nend\n')) child.kill('SIGKILL');
    });
    child.on('error', reject);
    child.on('close', () => {
      clearTimeout(timeout);
      process.removeListener('exit', stop);
      if (text.includes('\nend\n')) resolve(text);
      else reject(new Error(`${program} ended early: ${text}`));
    });
  });
}

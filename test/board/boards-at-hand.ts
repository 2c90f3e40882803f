import { boards, buildFirmware, emulate, emulatorTool, type Tool } from '../../host/boards/index.js';
import { skipWithout } from '../firmware/skip.js';
import { buildNative, nativeSkip } from '../native/index.js';
import { startOnPty } from './pty.js';

/** A board that tests can start, at a real port. */
export interface BoardAtHand {
  readonly name: string;
  /** The reason why it cannot be started here; false if it can. */
  readonly skip: string | false;
  /** What it counts. Cycles differ a little from run to run, because they contain the interrupts. */
  readonly counts: 'instructions' | 'cycles' | 'nothing';
  /** Starts it with its flash in a file, optionally with another kernel. */
  start(flashFile: string, wasm?: Uint8Array): Promise<{ readonly port: string; stop(): Promise<void> }>;
}

async function emulated(name: string, compiler: Tool): Promise<BoardAtHand> {
  const board = boards.find((candidate) => candidate.name === name)!;
  return {
    name,
    skip: await skipWithout('wasm2c', compiler, emulatorTool(board)),
    counts: board.emulation?.program === 'rp2040js' ? 'cycles' : 'instructions',
    start: async (flashFile, wasm) => emulate(board, await buildFirmware(board, { wasm }), { flashFile }),
  };
}

const native: BoardAtHand = {
  name: 'posix',
  skip: nativeSkip,
  counts: 'nothing',
  start: async (flashFile) => {
    const { port, unplug } = await startOnPty([await buildNative()], { SPIKEWORD_FLASH: flashFile });
    return { port, stop: unplug };
  },
};

/** The firmware as a process, two boards that QEMU boots, one of each processor family, and a Pico. */
export const boardsAtHand: readonly BoardAtHand[] = [
  native,
  await emulated('mps2-an386', 'arm-none-eabi-gcc'),
  await emulated('rv32-virt', 'riscv64-unknown-elf-gcc'),
  await emulated('pico', 'arm-none-eabi-gcc'),
];

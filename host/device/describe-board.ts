import type { ConnectedBoard } from '../core/board/index.js';
import { type CountUnit, slotStateName } from '../core/protocol/index.js';
import { bytesText, countText, crcText, decimalText, left, right, textTable, wrapText } from '../core/text/index.js';

export interface SlotDescription {
  readonly slot: number;
  readonly state: string;
  readonly runs: boolean;
  readonly sequence: number;
  /** 0 if there is no model. */
  readonly modelBytes: number;
  readonly crc: string;
}

/** What `spikeword info --port` reports. */
export interface BoardDescription {
  readonly board: string;
  readonly port: string;
  readonly firmware: string;
  readonly protocol: number;
  readonly abi: number;
  readonly modelFormat: number;
  readonly firmwareBytes: number;
  /** What the board counts: instructions, cycles or nothing. */
  readonly countUnit: CountUnit;
  readonly ramBytes: number;
  readonly kernelRamBytes: number;
  /** The part of the kernel's RAM that the running model uses. */
  readonly kernelRamUsed: number;
  readonly stackBytes: number;
  readonly stackHighWater: number;
  readonly uptimeSeconds: number;
  readonly inferences: number;
  /** The largest size of a model. */
  readonly largestModelBytes: number;
  /** The size of flash that one erase clears. */
  readonly sectorBytes: number;
  readonly slots: readonly SlotDescription[];
}

/** Returns the description of a board. Throws what the board's requests throw. */
export async function describeBoard({ client, hello, port }: ConnectedBoard): Promise<BoardDescription> {
  const statistics = await client.statistics();
  return {
    board: hello.board,
    port,
    firmware: hello.firmware,
    protocol: hello.protocol,
    abi: hello.abi,
    modelFormat: hello.modelFormat,
    firmwareBytes: hello.firmwareBytes,
    countUnit: hello.countUnit,
    ramBytes: hello.ramBytes,
    kernelRamBytes: hello.kernelRamBytes,
    kernelRamUsed: statistics.kernelRamUsed,
    stackBytes: hello.stackBytes,
    stackHighWater: statistics.stackHighWater,
    uptimeSeconds: statistics.ticks / hello.ticksPerSecond,
    inferences: statistics.inferences,
    largestModelBytes: hello.modelBytes,
    sectorBytes: hello.sectorBytes,
    slots: hello.slots.map(({ sequence, length, crc, state }, slot) => ({
      slot,
      state: slotStateName(state),
      runs: slot === hello.activeSlot,
      sequence,
      modelBytes: length,
      crc: crcText(crc),
    })),
  };
}

/** Returns a description as text for a terminal. */
export function boardText(board: BoardDescription): string {
  const table = textTable<SlotDescription>(board.slots, [
    left('slot', ({ slot }) => slot),
    left('state', ({ state, runs }) => (runs ? `${state}, runs` : state)),
    right('sequence', ({ modelBytes, sequence }) => (modelBytes === 0 ? '' : countText(sequence))),
    right('model bytes', ({ modelBytes }) => (modelBytes === 0 ? '' : countText(modelBytes))),
    left('CRC-32', ({ modelBytes, crc }) => (modelBytes === 0 ? '' : crc)),
  ]);
  const counts = board.countUnit === 'none' ? 'nothing' : board.countUnit;
  return wrapText(`${board.board} on ${board.port}
  firmware     ${board.firmware}, ${bytesText(board.firmwareBytes)} of flash; protocol ${board.protocol}, kernel ABI ${board.abi}, model format ${board.modelFormat}
  RAM          ${bytesText(board.ramBytes)}, of which the kernel has ${bytesText(board.kernelRamBytes)} and the running model uses ${countText(board.kernelRamUsed)}
  stack        ${bytesText(board.stackBytes)}, of which at most ${countText(board.stackHighWater)} were in use
  flash        two slots for models of up to ${bytesText(board.largestModelBytes)}, in sectors of ${countText(board.sectorBytes)}
  since boot   ${decimalText(board.uptimeSeconds, 1)} s, ${countText(board.inferences)} inferences; counts ${counts}

${table.join('\n')}
`);
}

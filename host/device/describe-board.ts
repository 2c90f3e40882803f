import { type ConnectedBoard, crcText } from '../core/board/index.js';
import { type CountUnit, slotStateName } from '../core/protocol/index.js';
import { left, right, textTable } from '../core/text/index.js';

export interface SlotDescription {
  readonly slot: number;
  readonly state: string;
  readonly runs: boolean;
  readonly sequence: number;
  /** 0 where there is no model. */
  readonly modelBytes: number;
  readonly crc: string;
}

/** What `spikeword info --port` says. */
export interface BoardDescription {
  readonly board: string;
  readonly port: string;
  readonly firmware: string;
  readonly protocol: number;
  readonly abi: number;
  readonly modelFormat: number;
  readonly firmwareBytes: number;
  /** What the board counts as work. */
  readonly countUnit: CountUnit;
  readonly ramBytes: number;
  readonly kernelRamBytes: number;
  /** Of the kernel's RAM, used by the model that runs. */
  readonly kernelRamUsed: number;
  readonly stackBytes: number;
  readonly stackHighWater: number;
  readonly uptimeSeconds: number;
  readonly inferences: number;
  /** Bytes that a model may have, and those that one erase takes. */
  readonly largestModelBytes: number;
  readonly sectorBytes: number;
  readonly slots: readonly SlotDescription[];
}

/** Asks a board about itself. */
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

const bytes = (n: number): string => `${n.toLocaleString('en-US')} bytes`;

/** A description as text for a terminal. */
export function boardText(board: BoardDescription): string {
  const table = textTable<SlotDescription>(board.slots, [
    left('slot', ({ slot }) => slot),
    left('state', ({ state, runs }) => (runs ? `${state}, runs` : state)),
    right('sequence', ({ modelBytes, sequence }) => (modelBytes === 0 ? '' : sequence)),
    right('model bytes', ({ modelBytes }) => (modelBytes === 0 ? '' : modelBytes.toLocaleString('en-US'))),
    left('CRC-32', ({ modelBytes, crc }) => (modelBytes === 0 ? '' : crc)),
  ]);
  const counts = board.countUnit === 'none' ? 'nothing' : board.countUnit;
  return `${board.board} on ${board.port}
  firmware     ${board.firmware}, ${bytes(board.firmwareBytes)} of flash; protocol ${board.protocol}, kernel ABI ${board.abi}, model format ${board.modelFormat}
  RAM          ${bytes(board.ramBytes)}; of these the kernel has ${bytes(board.kernelRamBytes)}, the model that runs uses ${board.kernelRamUsed.toLocaleString('en-US')}
  stack        ${bytes(board.stackBytes)}, at most ${board.stackHighWater.toLocaleString('en-US')} were in use
  flash        two slots for models of up to ${bytes(board.largestModelBytes)}, in sectors of ${board.sectorBytes.toLocaleString('en-US')}
  since boot   ${board.uptimeSeconds.toFixed(1)} s, ${board.inferences.toLocaleString('en-US')} inferences; counts ${counts}

${table.join('\n')}
`;
}

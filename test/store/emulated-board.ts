import { once } from 'node:events';
import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type Board,
  emulate,
  emulatorTool,
  type Firmware,
  prepareFlashFile,
  type Sound,
} from '../../host/boards/index.js';
import { BoardClient, type Packet } from '../../host/core/protocol/index.js';
import { streamOf } from '../native/index.js';

/** An emulated board that answers, and the ways to control it. */
export interface EmulatedBoard {
  readonly client: BoardClient;
  /** The socket of QEMU's GDB stub, on boards that QEMU runs. */
  readonly gdbSocket: string;
  /** Returns the current model area of the flash file. */
  area(): Buffer;
}

function readArea(board: Board, path: string): Buffer {
  const area = Buffer.alloc(2 * board.slotBytes);
  const file = openSync(path, 'r');
  try {
    readSync(file, area, 0, area.length, 0);
  } finally {
    closeSync(file);
  }
  return area;
}

function writeArea(path: string, area: Buffer): void {
  const file = openSync(path, 'r+');
  try {
    writeSync(file, area);
  } finally {
    closeSync(file);
  }
}

/**
 * Boots a firmware in its emulator from flash whose model area is `area` (null: erased), waits until it answers, does
 * the work, and ends the emulator. `onEvent` gets every event since the board started.
 */
export async function onEmulatedBoard<T>(
  board: Board,
  firmware: Firmware,
  area: Buffer | null,
  work: (emulated: EmulatedBoard) => Promise<T>,
  { microphone, onEvent }: { microphone?: Sound; onEvent?: (event: Packet) => void } = {},
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-emulated-'));
  const flashFile = join(folder, 'flash');
  const gdbSocket = join(folder, 'gdb');
  const serialSocket = join(folder, 'serial');
  const server = createServer().listen(serialSocket);
  try {
    prepareFlashFile(board, flashFile);
    if (area !== null) writeArea(flashFile, area);
    await once(server, 'listening');
    const connected = once(server, 'connection') as Promise<[Socket]>;
    const emulator = await emulate(board, firmware, {
      flashFile,
      serialSocket,
      microphone,
      ...(emulatorTool(board).startsWith('qemu') ? { gdb: { socket: gdbSocket } } : {}),
    });
    try {
      const [socket] = await Promise.race([connected, emulator.ended.then((error) => Promise.reject(error))]);
      // a machine at a breakpoint, or one that shares its processor, answers late
      const patience = () => ({ waitMs: 3000, tries: 20 });
      const client = new BoardClient(
        streamOf(board.name, socket, async () => {}),
        patience,
      );
      if (onEvent !== undefined) client.link.onEvent = onEvent;
      await client.hello();
      return await work({ client, gdbSocket, area: () => readArea(board, flashFile) });
    } finally {
      await emulator.stop();
    }
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, existsSync, ftruncateSync, openSync, statSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { lockForProcess, makeFolder, ToolError } from '../system/index.js';
import { type Board, checkMicrophone, emulationOf, type QemuEmulation } from './boards.js';
import type { Firmware } from './build.js';
import { onOneCore } from './one-core.js';
import { rp2040Command } from './rp2040/command.js';
import { openSoundLine, type Sound } from './sound-line.js';
import { missingTools, type Tool, toolMissing } from './tools.js';

/** Returns the program that must be installed to emulate a board: the emulator, or what makes its port. */
export function emulatorTool(board: Board): Tool {
  const { program } = emulationOf(board);
  return program === 'rp2040js' ? 'socat' : program;
}

/** Throws `ToolError` if the program is missing that emulates a board, or makes its port where none is given. */
async function checkEmulator(board: Board, { serialSocket }: EmulateOptions): Promise<void> {
  const tool = emulatorTool(board);
  if (tool === 'socat' && serialSocket !== undefined) return;
  const missing = await missingTools([tool]);
  if (missing.length > 0) throw toolMissing(tool);
}

export interface EmulateOptions {
  /**
   * A file that keeps the board's flash between runs, with the two slots for models at its start. If it is missing, it
   * is created with erased flash.
   */
  readonly flashFile: string;
  /**
   * A Unix socket on which the caller listens, instead of a pseudo-terminal. The emulator connects to it before the
   * board starts, so nothing is lost. If the emulator cannot start, only `ended` reports it.
   */
  readonly serialSocket?: string;
  /** What the board's microphone hears; it hears nothing without this. */
  readonly microphone?: Sound;
  /**
   * A Unix socket for QEMU's GDB stub, on boards that QEMU runs. With `paused`, the processor waits for the debugger.
   */
  readonly gdb?: { readonly socket: string; readonly paused?: boolean };
}

/** A board that an emulator runs. */
export interface Emulator {
  /** A path that serialport opens, or the given socket. */
  readonly port: string;
  /** The id of the emulator's process. */
  readonly processId: number;
  /** Resolves with the emulator's output when it ends by itself; never when it is stopped. */
  readonly ended: Promise<ToolError>;
  /** Ends the emulator at once, as a power cut would. */
  stop(): Promise<void>;
}

/** Creates the file of a flash chip with an erased model area. If the file exists, checks its size. */
export function prepareFlashFile(board: Board, path: string): void {
  const { flashFileBytes } = emulationOf(board);
  if (existsSync(path)) {
    const { size } = statSync(path);
    if (size === flashFileBytes) return;
    throw new ToolError(
      `${path}: the file has ${size} bytes, but the flash of ${board.name} has ${flashFileBytes}; use another file (--flash), or delete this one`,
    );
  }
  makeFolder(dirname(path));
  const file = openSync(path, 'wx');
  try {
    writeSync(file, Buffer.alloc(2 * board.slotBytes, 0xff));
    ftruncateSync(file, flashFileBytes);
  } finally {
    closeSync(file);
  }
}

/** Locks the flash file: two boards that use it at once would destroy each other's models. */
function lockFlashFile(board: Board, path: string): Promise<() => void> {
  const lock = `${path}.pid`;
  const other = `or use another flash file with --flash FILE; if that process is not an emulator, remove ${lock}`;
  return lockForProcess(lock, {
    taken: (owner) =>
      new ToolError(
        `${path}: process ${owner} is already emulating ${board.name} with this flash file; end that process, ${other}`,
      ),
  });
}

/** QEMU separates the parts of an option by commas; a comma within a part is doubled. */
const quoted = (path: string): string => path.replaceAll(',', ',,');

const socketAt = (path: string): string => `unix:${quoted(path)},server=off`;

function qemuArguments(
  board: Board,
  { machine, attachment }: QemuEmulation,
  firmware: Firmware,
  options: EmulateOptions,
  soundSocket: string | undefined,
): string[] {
  const file = quoted(options.flashFile);
  const drive = {
    semihosting: [],
    mtd: ['-drive', `if=mtd,format=raw,file=${file}`],
    pflash: ['-drive', `if=pflash,unit=1,format=raw,file=${file}`],
  }[attachment];
  const serial = ['-serial', options.serialSocket === undefined ? 'pty' : socketAt(options.serialSocket)];
  const sound = soundSocket === undefined ? [] : ['-serial', socketAt(soundSocket)];
  const gdb = options.gdb && ['-gdb', `unix:${quoted(options.gdb.socket)},server=on,wait=off`];
  return [
    ...['-machine', machine, '-display', 'none', '-monitor', 'none', '-nodefaults', ...serial, ...sound],
    // one instruction takes one nanosecond of the board's time, so counts are reproducible
    ...['-icount', 'shift=0'],
    ...['-semihosting-config', `enable=on,target=native,arg=${file}`],
    // with a flash, `virt` would pass a kernel to UEFI
    ...[board.family === 'riscv' ? '-bios' : '-kernel', firmware.elf],
    ...drive,
    ...(gdb ?? []),
    ...(options.gdb?.paused === true ? ['-S'] : []),
  ];
}

/**
 * Ends the emulator when this process ends for any reason: `cat` then reads the end of its input. The shell is the
 * parent of the emulator, prints its process id and waits for it.
 */
const GUARD =
  'exec 3<&0; "$@" 3<&- </dev/null & q=$!; echo "emulator $q"; (cat <&3 >/dev/null; kill -9 $q) 2>/dev/null & exec 3<&-; wait $q';

/** Returns the command that runs the emulator. */
function emulatorCommand(
  board: Board,
  firmware: Firmware,
  options: EmulateOptions,
  soundSocket: string | undefined,
): string[] {
  const emulation = emulationOf(board);
  const { program } = emulation;
  if (program === 'rp2040js') {
    const { flashFile, serialSocket, microphone } = options;
    return rp2040Command({
      image: firmware.bin,
      flashFile,
      serialSocket,
      soundSocket,
      waits: microphone?.realTime ?? true,
    });
  }
  return [...onOneCore(program), ...qemuArguments(board, emulation, firmware, options, soundSocket)];
}

/**
 * Boots a firmware in the board's emulator. Its flash is a file that every erase and program changes at once. Resolves
 * when the port can be opened. Throws `UsageError` for a board without an emulator, or sound for one without a
 * microphone; `ToolError` if the emulator is missing, if another process emulates with this flash, or if the emulator
 * ends without a port. Later errors, such as an image that it cannot load, are in `ended`.
 */
export async function emulate(board: Board, firmware: Firmware, options: EmulateOptions): Promise<Emulator> {
  const { program } = emulationOf(board);
  if (options.microphone !== undefined) checkMicrophone(board);
  await checkEmulator(board, options);
  prepareFlashFile(board, options.flashFile);
  const release = await lockFlashFile(board, options.flashFile);
  const sound = options.microphone && (await openSoundLine(options.microphone, program === 'rp2040js'));
  const command = emulatorCommand(board, firmware, options, sound?.path);
  const guard = spawn('sh', ['-c', GUARD, 'sh', ...command], { stdio: ['pipe', 'pipe', 'pipe'], detached: true });
  let said = '';
  let stopping = false;
  const exited = new Promise<ToolError>((resolve) => {
    guard.on('exit', (code) => {
      guard.stdin?.destroy();
      sound?.close();
      release();
      const text = said.replace(/^emulator \d+$/m, '').trim() || 'it said nothing';
      resolve(new ToolError(`${program} exited unexpectedly (exit code ${code}): ${text}`));
    });
  });
  const stop = async (): Promise<void> => {
    stopping = true;
    guard.stdin?.destroy();
    await exited;
  };
  const ended = new Promise<ToolError>((resolve) => {
    void exited.then((error) => {
      if (!stopping) resolve(error);
    });
  });
  const hear = (text: string): void => {
    said += text;
  };
  try {
    const start = await Promise.race([started(guard, options, hear), exited.then((error) => Promise.reject(error))]);
    return { ...start, ended, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Waits for the emulator's process id and its port. */
function started(
  guard: ChildProcess,
  options: EmulateOptions,
  heard: (text: string) => void,
): Promise<{ port: string; processId: number }> {
  return new Promise((resolve) => {
    let all = '';
    const listen = (chunk: Buffer): void => {
      heard(chunk.toString());
      all += chunk.toString();
      const processId = /^emulator (\d+)$/m.exec(all)?.[1];
      const port = options.serialSocket ?? /redirected to (\S+)/.exec(all)?.[1];
      if (processId !== undefined && port !== undefined) resolve({ port, processId: Number(processId) });
    };
    guard.stdout?.on('data', listen);
    guard.stderr?.on('data', listen);
  });
}

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { Duplex } from 'node:stream';
import { setTimeout as wait } from 'node:timers/promises';

/** When the power is cut: at the flash operation with this number, counted from 0 since the start of the process. */
export interface Cut {
  readonly operation: number;
  readonly when: 'before' | 'half' | 'after';
  /** The seed for the effect of an unfinished operation. */
  readonly seed: number;
}

export interface NativeOptions {
  /** The file for the flash; created if it does not exist. */
  readonly flash: string;
  readonly slotBytes?: number;
  readonly sectorBytes?: number;
  /** The smallest unit of programming, in bytes. */
  readonly programBytes?: number;
  /** A file to which a line is added for each flash operation: `erase` or `program`, address, length. */
  readonly flashLog?: string;
  readonly cut?: Cut;
  /** A bit of flash at this address that is always 0 (an erase fails) or always 1. */
  readonly stuck?: { readonly address: number; readonly value: 0 | 1 };
  /** A file with what the microphone records, int16 little-endian; without it, there is no microphone. */
  readonly microphone?: string;
  /** Samples per second, which are lost while the ring is full. Default: they wait for the board. */
  readonly microphoneRate?: number;
  /** After this many samples, so many come at once. */
  readonly stall?: { readonly at: number; readonly samples: number };
}

export interface NativeBoard {
  /** The serial port: writes go to the board, and reads give the bytes that it sends. */
  readonly port: Duplex;
  /** The exit code, or the signal that ended the process; resolves when it has ended. */
  readonly ended: Promise<number | NodeJS.Signals | null>;
  /** Its standard error so far, with the findings of the sanitizers. */
  stderr(): string;
  /** Stops the process for this time, as an interrupt that takes too long would. */
  freeze(milliseconds: number): Promise<void>;
  /** Ends the process; resolves when it has ended. */
  stop(): Promise<void>;
}

function environment(options: NativeOptions): Record<string, string> {
  const values = {
    SPIKEWORD_FLASH: options.flash,
    SPIKEWORD_SLOT: options.slotBytes,
    SPIKEWORD_SECTOR: options.sectorBytes,
    SPIKEWORD_UNIT: options.programBytes,
    SPIKEWORD_FLASH_LOG: options.flashLog,
    SPIKEWORD_CUT: options.cut && `${options.cut.operation}:${options.cut.when}:${options.cut.seed}`,
    SPIKEWORD_MICROPHONE: options.microphone,
    SPIKEWORD_MICROPHONE_RATE: options.microphoneRate,
    SPIKEWORD_MICROPHONE_STALL: options.stall && `${options.stall.at}:${options.stall.samples}`,
    SPIKEWORD_STUCK: options.stuck && `${options.stuck.address}:${options.stuck.value}`,
  };
  const given = Object.entries(values).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function portOf(child: ChildProcess): Duplex {
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error('the process has no pipes');
  const port = new Duplex({
    allowHalfOpen: false,
    read: () => stdout.resume(),
    write: (chunk, _encoding, done) => {
      // a process that has ended accepts nothing; its remaining output is read, and then the port ends
      if (stdin.destroyed) done();
      else stdin.write(chunk, () => done());
    },
    final: (done) => {
      stdin.end();
      done();
    },
  });
  stdin.on('error', () => stdin.destroy());
  stdout.on('data', (bytes) => {
    if (!port.push(bytes)) stdout.pause();
  });
  stdout.on('end', () => port.push(null));
  return port;
}

/** Starts a board that `buildNative` made. */
export function startNative(executable: string, options: NativeOptions): NativeBoard {
  const child = spawn(executable, { stdio: ['pipe', 'pipe', 'pipe'], env: environment(options) });
  let stderr = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = once(child, 'close').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals | null);
  return {
    port: portOf(child),
    ended,
    stderr: () => stderr,
    freeze: async (milliseconds) => {
      child.kill('SIGSTOP');
      await wait(milliseconds);
      child.kill('SIGCONT');
    },
    stop: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

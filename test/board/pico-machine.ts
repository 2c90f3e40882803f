import { readFileSync } from 'node:fs';
import type { Firmware } from '../../host/boards/index.js';
import { type MachineOptions, Rp2040Machine } from '../../host/boards/rp2040/machine.js';
import { BoardClient, type ByteStream, type Packet } from '../../host/core/protocol/index.js';

const MODELS = 1024 * 1024;
const MODEL_BYTES = 512 * 1024;
/** 0.2 ms of the chip's time. */
const SLICE = 25_000;

/** A Pico in this process, and what a test can do with it. */
export interface PicoMachine {
  readonly machine: Rp2040Machine;
  readonly client: BoardClient;
  /** What the client talks over. */
  readonly stream: ByteStream;
  /** The flash with the models, as it is now. */
  readonly area: Uint8Array;
  stop(): void;
}

export interface PicoOptions {
  /** The model area at power-on; default: erased. */
  readonly area?: Uint8Array;
  readonly sample?: MachineOptions['sample'];
  readonly onEvent?: (event: Packet) => void;
  /** Called after each change of flash. */
  readonly changed?: () => void;
  /** Called again and again while the machine runs; `false` stops it. */
  readonly watch?: (machine: Rp2040Machine) => boolean;
}

const running = new Set<() => void>();

/** Stops those that a failed test has left running, which would keep the process alive. */
export function stopPicos(): void {
  for (const stop of running) stop();
}

/** Starts a firmware on an emulated Pico whose time is the chip's alone, and waits until it answers. */
export async function startPico(firmware: Firmware, options: PicoOptions = {}): Promise<PicoMachine> {
  const content = new Uint8Array(2 * MODELS).fill(0xff);
  content.set(readFileSync(firmware.bin));
  if (options.area !== undefined) content.set(options.area, MODELS);
  const stream: ByteStream = {
    name: 'pico',
    onBytes: () => {},
    onEnd: () => {},
    write: (bytes) => machine.send(bytes),
    close: async () => stop(),
  };
  let opened = (): void => {};
  const open = new Promise<void>((resolve) => {
    opened = resolve;
  });
  const machine = new Rp2040Machine({
    onOpen: () => opened(),
    flash: { content, changed: () => options.changed?.() },
    onBytes: (bytes) => stream.onBytes(bytes),
    ...(options.sample === undefined ? {} : { sample: options.sample }),
  });
  let stopped = false;
  const stop = (): void => {
    if (stopped) return;
    stopped = true;
    running.delete(stop);
    stream.onEnd('the Pico was switched off');
  };
  running.add(stop);
  const client = new BoardClient(stream, () => ({ waitMs: 5000, tries: 20 }));
  if (options.onEvent !== undefined) client.link.onEvent = options.onEvent;
  const run = (): void => {
    if (stopped) return;
    machine.run(SLICE);
    if (options.watch?.(machine) === false) stop();
    setImmediate(run);
  };
  setImmediate(run);
  await open;
  await client.hello();
  return { machine, client, stream, area: content.subarray(MODELS, MODELS + MODEL_BYTES), stop };
}

// The process that emulates a Pico: serial port and sound over sockets, flash in a file.
import { spawn } from 'node:child_process';
import { mkdtempSync, openSync, readFileSync, readSync, rmSync, writeSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Rp2040Settings } from './command.js';
import type { FlashMemory } from './flash-chip.js';
import { Rp2040Machine } from './machine.js';
import { SoundQueue } from './sound-queue.js';

const CYCLES_PER_MS = 125_000;
/** Between two looks at the sockets. */
const SLICE = CYCLES_PER_MS / 4;
/** The board may be so much ahead of the computer's clock. */
const AHEAD_MS = 2;
const LONGEST_WAIT_MS = 50;

const FLASH_BYTES = 2 * 1024 * 1024;
const MODELS = 1024 * 1024;
const MODEL_BYTES = 512 * 1024;

const settings: Rp2040Settings = JSON.parse(process.argv[2]);

/** Flash with the firmware, and the models of a file, to which every change of them is written at once. */
function openFlash(image: string, path: string): FlashMemory {
  const content = new Uint8Array(FLASH_BYTES).fill(0xff);
  content.set(readFileSync(image));
  const file = openSync(path, 'r+');
  readSync(file, content, MODELS, MODEL_BYTES, 0);
  return {
    content,
    changed: (offset, length) => {
      const begin = Math.max(offset, MODELS);
      const end = Math.min(offset + length, MODELS + MODEL_BYTES);
      if (begin < end) writeSync(file, content, begin, end - begin, begin - MODELS);
    },
  };
}

const connected = (path: string): Promise<Socket> =>
  new Promise((resolve, reject) => {
    const socket = connect(path, () => resolve(socket)).on('error', reject);
  });

/** Makes a pseudo-terminal with socat, which this process talks to over a socket, and prints its path. */
async function openTerminal(): Promise<Socket> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-pico-'));
  const path = join(folder, 'socket');
  const server = createServer();
  const socket = new Promise<Socket>((resolve) => server.once('connection', resolve));
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const socat = spawn('socat', ['-d', '-d', 'PTY,rawer', `UNIX-CONNECT:${path}`], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  const terminal = new Promise<string>((resolve) => {
    socat.stderr.on('data', (text: Buffer) => {
      said += text.toString();
      const found = /PTY is (\S+)/.exec(said)?.[1];
      if (found !== undefined) resolve(found);
    });
  });
  const failed = new Promise<never>((_, reject) => {
    socat.on('error', reject);
    socat.on('close', () => reject(new Error(`socat ended: ${said}`)));
  });
  try {
    const port = await Promise.race([terminal, failed]);
    // socat connects after it has made the terminal
    const made = await Promise.race([socket, failed]);
    console.log(`redirected to ${port}`);
    return made;
  } finally {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function main(): Promise<void> {
  let wake = (): void => {};
  const serial = settings.serialSocket === undefined ? await openTerminal() : await connected(settings.serialSocket);
  const sound = new SoundQueue(
    settings.soundSocket === undefined ? undefined : await connected(settings.soundSocket),
    () => wake(),
  );
  const machine = new Rp2040Machine({
    flash: openFlash(settings.image, settings.flashFile),
    onBytes: (bytes) => serial.write(bytes),
    sample: () => sound.next(),
  });
  serial.on('data', (bytes: Buffer) => {
    machine.send(bytes);
    wake();
  });
  serial.on('error', () => serial.destroy());
  serial.on('close', () => {
    console.error('the serial port is closed');
    process.exit(1);
  });
  const begin = performance.now();
  const pause = (ms: number): Promise<void> =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  for (;;) {
    if (machine.listens && !sound.ready) {
      await pause(LONGEST_WAIT_MS);
      continue;
    }
    machine.run(SLICE);
    const ahead = machine.cycles / CYCLES_PER_MS - (performance.now() - begin);
    if (ahead > AHEAD_MS && (settings.waits || !machine.listens)) await pause(Math.min(ahead, LONGEST_WAIT_MS));
    else await new Promise((resolve) => setImmediate(resolve));
  }
}

await main();

import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { millisecondsOf } from '../core/audio/index.js';

/** What the microphone of an emulated board hears. */
export interface Sound {
  /** int16 at 16 kHz, in pieces of any size. */
  readonly samples: AsyncIterable<Int16Array>;
  /** Whether they come as slowly as from a microphone; otherwise they come as fast as the board takes them. */
  readonly realTime: boolean;
}

/** A Unix socket from which QEMU reads sound. */
export interface SoundLine {
  readonly path: string;
  close(): void;
}

/** A clock that is less late than this catches up. After more, the sound has waited for a board that did not listen. */
const MOST_LATE_MS = 1000;

/** Writes the sound to a board, and waits while the board does not take it. */
async function send({ samples, realTime }: Sound, socket: Socket): Promise<void> {
  let due = performance.now();
  for await (const piece of samples) {
    if (realTime) {
      due = Math.max(due, performance.now() - MOST_LATE_MS) + millisecondsOf(piece.length);
      await wait(Math.max(0, due - performance.now()));
    }
    if (socket.destroyed) return;
    const bytes = new Uint8Array(2 * piece.length);
    const view = new DataView(bytes.buffer);
    for (const [k, sample] of piece.entries()) view.setInt16(2 * k, sample, true);
    await new Promise((resolve) => socket.write(bytes, resolve));
  }
}

/**
 * Opens a socket that gives the sound to the first program that connects to it. With `ends` it closes behind the last
 * sample, which QEMU would take for a fault.
 */
export async function openSoundLine(sound: Sound, ends: boolean): Promise<SoundLine> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-sound-'));
  const path = join(folder, 'socket');
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  // the command line ends without a close
  process.once('exit', remove);
  const server = createServer((socket) => {
    server.close();
    // QEMU has ended
    socket.on('error', () => socket.destroy());
    socket.resume();
    send(sound, socket).then(
      () => {
        if (ends) socket.end();
      },
      (error) => socket.destroy(error),
    );
    ended = () => socket.destroy();
  });
  let ended = (): void => {};
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return {
    path,
    close: () => {
      server.close();
      ended();
      process.off('exit', remove);
      remove();
    },
  };
}

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { WARNINGS } from '../../host/boards/index.js';
import { packagePath } from '../../host/system/package-files.js';

/** A program at a serial port. */
export interface PtyProgram {
  /** Path of the port. */
  readonly port: string;
  /** Removes the port, as if it was unplugged. */
  unplug(): Promise<void>;
}

let folder: string | undefined;

/** Compiles pty-run.c. */
function ptyRun(): string {
  if (folder === undefined) {
    folder = mkdtempSync(join(tmpdir(), 'spikeword-pty-'));
    process.on('exit', () => rmSync(String(folder), { recursive: true }));
    const source = packagePath('test/board/pty-run.c');
    execFileSync('gcc', [...WARNINGS, '-O1', source, '-o', join(folder, 'pty-run')]);
  }
  return join(folder, 'pty-run');
}

/** Starts a program whose standard input and output are a port that serialport can open. */
export async function startOnPty(
  command: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<PtyProgram> {
  const child = spawn(ptyRun(), command, {
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const ended = once(child, 'exit');
  const [port] = (await once(createInterface(child.stderr!), 'line')) as [string];
  return {
    port,
    unplug: async () => {
      child.kill('SIGKILL');
      await ended;
      child.stderr?.destroy();
    },
  };
}

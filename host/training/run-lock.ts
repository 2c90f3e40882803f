import { closeSync, existsSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, WriteError, whileUnfinished } from '../atomic-write.js';
import { SpikewordError } from '../error.js';

/** A run folder that cannot be begun, continued or read. */
export class RunError extends SpikewordError {}

/** Stands in a run folder while a process trains there: its number, and where the system tells, when it started. */
const LOCK_FILE = 'training.pid';
/** What `writeFileAtomically` had begun when its process was killed. */
const PARTIAL = /\.\d+\.part$/;

/** Whether a file in a run folder is of a process that was killed, and may go. */
export function isLeftover(name: string): boolean {
  return name === LOCK_FILE || PARTIAL.test(name);
}

/** A killed process takes a moment to be gone. */
const PATIENCE_MS = 2000;
const POLL_MS = 50;

/**
 * Takes a run folder for this process, so that two of them do not write into each other's run, and removes what killed
 * ones have left. Returns what gives it back. Throws `RunError` while another process trains in it.
 */
export function occupyFolder(folder: string): () => void {
  const lock = join(folder, LOCK_FILE);
  try {
    makeFolder(folder);
    if (!writeIfNew(lock)) {
      const owner = readFileSync(lock, 'utf8').trim();
      if (trainsFor(owner, PATIENCE_MS)) {
        const hint = `wait for its end, or remove ${lock} if it does not`;
        throw new RunError(`${folder}: process ${owner.split(' ')[0]} trains in it; ${hint}`);
      }
      rmSync(lock, { force: true });
      if (!writeIfNew(lock)) throw new RunError(`${folder}: another process has just begun to train in it`);
    }
  } catch (cause) {
    if (cause instanceof RunError) throw cause;
    throw new WriteError(`${lock}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  const unfinished = whileUnfinished(lock);
  for (const name of readdirSync(folder)) if (PARTIAL.test(name)) rmSync(join(folder, name));
  return () => {
    rmSync(lock, { force: true });
    unfinished.done();
  };
}

function writeIfNew(lock: string): boolean {
  let file: number;
  try {
    file = openSync(lock, 'wx');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
  try {
    writeSync(file, `${identity(process.pid)}\n`);
  } finally {
    closeSync(file);
  }
  return true;
}

/** Whether the process that wrote `owner` is another one than this and still runs after so long. */
function trainsFor(owner: string, patienceMs: number): boolean {
  const pid = Number(owner.split(' ')[0]);
  if (!Number.isInteger(pid) || pid <= 0 || pid === process.pid) return false;
  const sleeper = new Int32Array(new SharedArrayBuffer(4));
  for (let waitedMs = 0; waitedMs < patienceMs; waitedMs += POLL_MS) {
    if (identity(pid) !== owner) return false;
    Atomics.wait(sleeper, 0, 0, POLL_MS);
  }
  return true;
}

/** A running process by its number and the time of its start, because numbers are used again; null for none. */
function identity(pid: number): string | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it runs, but for another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (!existsSync('/proc/self/stat')) return `${pid}`;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // It has ended meanwhile.
    return null;
  }
  // proc(5): the name in brackets, then the state and, as the 20th field from there, the start in clock ticks.
  const fields = stat.replace(/^.*\) /s, '').split(' ');
  // Killed, but nobody has asked yet how it ended.
  const isZombie = fields[0] === 'Z' || fields[0] === 'X';
  return isZombie ? null : `${pid} ${fields[19]}`;
}

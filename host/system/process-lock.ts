import { closeSync, existsSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { whileUnfinished } from './atomic-write.js';
import { WriteError } from './error.js';

/** A killed process takes a moment to be gone. */
const PATIENCE_MS = 2000;
const POLL_MS = 50;

/**
 * Takes a lock file for this process: in it stand its number and, where the system tells, when it started. What a killed
 * process has left is taken over. Returns what gives the lock back, or throws what `taken` makes of the number of the
 * process that holds it. Throws `WriteError` where the file cannot be written.
 */
export function lockForProcess(lock: string, taken: (owner: number) => Error): () => void {
  let owner: string | null;
  try {
    owner = take(lock);
  } catch (cause) {
    throw new WriteError(`${lock}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  if (owner !== null) throw taken(Number(owner.split(' ')[0]));
  const unfinished = whileUnfinished(lock);
  return () => {
    rmSync(lock, { force: true });
    unfinished.done();
  };
}

/** Null once it is ours, else what its owner wrote. */
function take(lock: string): string | null {
  if (writeIfNew(lock)) return null;
  const owner = readFileSync(lock, 'utf8').trim();
  if (runsFor(owner, PATIENCE_MS)) return owner;
  rmSync(lock, { force: true });
  return writeIfNew(lock) ? null : readFileSync(lock, 'utf8').trim();
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
function runsFor(owner: string, patienceMs: number): boolean {
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

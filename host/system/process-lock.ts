import {
  constants,
  copyFileSync,
  existsSync,
  linkSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { whileUnfinished } from './atomic-write.js';
import { WriteError } from './error.js';

/** How long to wait for a killed process to end. */
const PATIENCE_MS = 2000;
const POLL_MS = 50;

/** The content of a lock file: the number of the process that has it and, if the system gives it, its start time. */
type Owner = string;

/** Locks that this process has. Any other lock with its number is from an earlier process. */
const held = new Set<string>();

export interface LockOptions {
  /** Returns the error to throw if another process has the lock, from the number of that process. */
  readonly taken: (owner: number) => Error;
  /** For tests: awaited after the lock of a killed process has been read and before it is replaced. */
  readonly beforeTakeover?: () => Promise<void>;
}

/**
 * Takes a lock file for this process. A lock that a killed process has left is taken over; if several processes try
 * this, exactly one of them gets the lock, however long any of them is delayed. Resolves to a function that releases
 * the lock. Throws the error from `taken` if another process has the lock, and `WriteError` if the file cannot be
 * written.
 */
export async function lockForProcess(lock: string, options: LockOptions): Promise<() => void> {
  let owner: Owner | null;
  try {
    owner = await take(lock, options);
  } catch (cause) {
    throw new WriteError(`${lock}: cannot be written: ${(cause as Error).message}`, { cause });
  }
  if (owner !== null) throw options.taken(Number(owner.split(' ')[0]));
  const unfinished = whileUnfinished(lock);
  return () => {
    giveBack(lock);
    unfinished.done();
  };
}

function giveBack(lock: string): void {
  rmSync(lock, { force: true });
  held.delete(lock);
}

/** Tries to take the lock. Returns null if this process has it now, otherwise its owner. */
async function take(lock: string, options: LockOptions): Promise<Owner | null> {
  for (;;) {
    if (writeIfNew(lock)) {
      held.add(lock);
      return null;
    }
    const owner = ownerOf(lock);
    // The lock has been released in the meantime.
    if (owner === null) continue;
    if (await runs(owner, lock)) return owner;
    await options.beforeTakeover?.();
    const other = await takeOver(lock, owner, options);
    if (other !== undefined) return other;
  }
}

/**
 * Replaces a lock whose owner has ended. A process may do this only while it has a second lock, whose name contains
 * that owner, and only if the first lock still belongs to that owner. A process that comes later finds another owner
 * and leaves the lock unchanged. Returns null if this process has the lock now, the owner of the second lock if another
 * process has it, and undefined if the lock belongs to another process by now.
 */
async function takeOver(lock: string, gone: Owner, options: LockOptions): Promise<Owner | null | undefined> {
  const estate = `${lock}.${gone.replace(/\W/g, '-')}`;
  const heir = await take(estate, { taken: options.taken });
  if (heir !== null) return heir;
  try {
    if (ownerOf(lock) !== gone) return undefined;
    const own = writeBeside(lock);
    renameSync(own.file, lock);
    held.add(lock);
    own.remove();
    return null;
  } finally {
    giveBack(estate);
  }
}

/** Writes a lock of this process under a unique name, in a new folder next to the lock. */
function writeBeside(lock: string): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(dirname(lock), `.${basename(lock)}-`));
  const file = join(folder, 'lock');
  writeFileSync(file, `${identity(process.pid)}\n`);
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Creates the lock with its content in one step. Returns false if the lock exists. */
function writeIfNew(lock: string): boolean {
  const own = writeBeside(lock);
  try {
    linkSync(own.file, lock);
    return true;
  } catch (error) {
    if (isPresent(error)) return false;
  } finally {
    own.remove();
  }
  return copyIfNew(lock);
}

/** Does the same in two steps, one right after the other, on a file system without links, such as on a USB stick. */
function copyIfNew(lock: string): boolean {
  const own = writeBeside(lock);
  try {
    copyFileSync(own.file, lock, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (isPresent(error)) return false;
    throw error;
  } finally {
    own.remove();
  }
}

const isPresent = (error: unknown): boolean => (error as NodeJS.ErrnoException).code === 'EEXIST';

/** Returns the owner of a lock; null if the lock no longer exists. */
function ownerOf(lock: string): Owner | null {
  try {
    return readFileSync(lock, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether the owner of a lock is still running after a while. */
async function runs(owner: Owner, lock: string): Promise<boolean> {
  const pid = Number(owner.split(' ')[0]);
  const isNumber = Number.isInteger(pid) && pid > 0;
  if (pid === process.pid) return held.has(lock);
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    // A lock without a number is still being written, or its writer was killed.
    if (isNumber && identity(pid) !== owner) return false;
    await wait(POLL_MS);
  }
  return isNumber;
}

/** Identifies a running process by its number and its start time, because numbers are reused; null if there is none. */
function identity(pid: number): Owner | null {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM means that the process runs for another user.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return null;
  }
  if (!existsSync('/proc/self/stat')) return `${pid}`;
  let stat: string;
  try {
    stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  } catch {
    // The process has ended in the meantime.
    return null;
  }
  // proc(5): the name in brackets, then the state and, as the 20th field from there, the start in clock ticks.
  const fields = stat.replace(/^.*\) /s, '').split(' ');
  // The process was killed, but its parent has not yet read its exit status.
  const isZombie = fields[0] === 'Z' || fields[0] === 'X';
  return isZombie ? null : `${pid} ${fields[19]}`;
}

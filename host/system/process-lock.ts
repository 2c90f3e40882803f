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

/** A killed process takes a moment to be gone. */
const PATIENCE_MS = 2000;
const POLL_MS = 50;

/** What a lock file says: the number of the process that holds it and, where the system tells, when that started. */
type Owner = string;

/** Locks that this process holds. What else has its number is of an earlier process. */
const held = new Set<string>();

export interface LockOptions {
  /** What is thrown for a lock that another process holds, by its number. */
  readonly taken: (owner: number) => Error;
  /** Awaited between the look at a lock that a killed process has left and its removal: for tests that hold one up. */
  readonly beforeTakeover?: () => Promise<void>;
}

/**
 * Takes a lock file for this process; a lock that a killed process has left is taken over. Resolves to what gives the
 * lock back. However long one of several takers is held up, one of them gets it. Throws what `taken` makes of the
 * process that holds it, and `WriteError` where the file cannot be written.
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

/** Null once the lock is ours, otherwise who holds it. */
async function take(lock: string, options: LockOptions): Promise<Owner | null> {
  for (;;) {
    if (writeIfNew(lock)) {
      held.add(lock);
      return null;
    }
    const owner = ownerOf(lock);
    // given back meanwhile
    if (owner === null) continue;
    if (await runs(owner, lock)) return owner;
    await options.beforeTakeover?.();
    const other = await takeOver(lock, owner, options);
    if (other !== undefined) return other;
  }
}

/**
 * Puts our lock in the place of one whose owner is gone. Only who has locked that owner's estate may do so, and only
 * while the lock is still of that owner: who comes later finds another lock, and leaves it alone. Null once it is ours,
 * the owner for an estate that somebody has, undefined where the lock is another's by now.
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

/** Writes a lock of this process under a name of its own, in a folder beside it. */
function writeBeside(lock: string): { readonly file: string; remove(): void } {
  const folder = mkdtempSync(join(dirname(lock), `.${basename(lock)}-`));
  const file = join(folder, 'lock');
  writeFileSync(file, `${identity(process.pid)}\n`);
  return { file, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

/** Creates the lock with its content in one step; false where there is one. */
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

/** The same where the file system has no links, such as on a USB stick: in two steps, one right behind the other. */
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

/** What a lock says; null where there is none any more. */
function ownerOf(lock: string): Owner | null {
  try {
    return readFileSync(lock, 'utf8').trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
}

/** Whether the owner of a lock still runs after a while. */
async function runs(owner: Owner, lock: string): Promise<boolean> {
  const pid = Number(owner.split(' ')[0]);
  const isNumber = Number.isInteger(pid) && pid > 0;
  if (pid === process.pid) return held.has(lock);
  for (let waitedMs = 0; waitedMs < PATIENCE_MS; waitedMs += POLL_MS) {
    // What says no number is still being written, or never will be.
    if (isNumber && identity(pid) !== owner) return false;
    await wait(POLL_MS);
  }
  return isNumber;
}

/** A running process by its number and the time of its start, because numbers are used again; null for none. */
function identity(pid: number): Owner | null {
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

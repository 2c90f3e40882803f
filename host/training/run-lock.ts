import { closeSync, openSync, readdirSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { makeFolder, WriteError, whileUnfinished } from '../atomic-write.js';
import { SpikewordError } from '../error.js';

/** A run folder that cannot be begun, continued or read. */
export class RunError extends SpikewordError {}

/** Stands in a run folder while a process trains there, and holds its number. */
const LOCK_FILE = 'training.pid';
/** What `writeFileAtomically` had begun when its process was killed. */
const PARTIAL = /\.\d+\.part$/;

/** Whether a file in a run folder is of a process that was killed, and may go. */
export function isLeftover(name: string): boolean {
  return name === LOCK_FILE || PARTIAL.test(name);
}

/**
 * Takes a run folder for this process, so that two of them do not write into each other's run, and removes what killed
 * ones have left. Returns what gives it back. Throws `RunError` while another process trains in it.
 */
export function occupyFolder(folder: string): () => void {
  const lock = join(folder, LOCK_FILE);
  try {
    makeFolder(folder);
    if (!writeIfNew(lock)) {
      const owner = Number(readFileSync(lock, 'utf8'));
      if (owner !== process.pid && isAlive(owner)) {
        throw new RunError(
          `${folder}: process ${owner} trains in it; wait for its end, or remove ${lock} if it does not`,
        );
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
    writeSync(file, `${process.pid}\n`);
  } finally {
    closeSync(file);
  }
  return true;
}

function isAlive(pid: number): boolean {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Alive too, but someone else's.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockForProcess, makeFolder, RunError, WriteError } from '../system/index.js';

/** Stands in a run folder while a process trains there. */
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
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new WriteError(`${folder}: cannot be made: ${(cause as Error).message}`, { cause });
  }
  const lock = join(folder, LOCK_FILE);
  const release = lockForProcess(lock, (owner) => {
    const hint = `wait for its end, or remove ${lock} if it does not`;
    return new RunError(`${folder}: process ${owner} trains in it; ${hint}`);
  });
  for (const name of readdirSync(folder)) if (PARTIAL.test(name)) rmSync(join(folder, name));
  return release;
}

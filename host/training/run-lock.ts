import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockForProcess, makeFolder, RunError, WriteError } from '../system/index.js';

/** Stands in a run folder while a process trains there. */
const LOCK_FILE = 'training.pid';
/** What `writeFileAtomically` or `lockForProcess` had begun when its process was killed. */
const PARTIAL = /\.\d+\.part$|^\.?training\.pid[.-]/;

/** Whether a file in a run folder is of a process that was killed, and may go. */
export function isLeftover(name: string): boolean {
  return name === LOCK_FILE || PARTIAL.test(name);
}

/**
 * Takes a run folder for this process, so that two of them do not write into each other's run, and removes what killed
 * ones have left. Resolves to what gives it back. Throws `RunError` while another process trains in it.
 */
export async function occupyFolder(folder: string): Promise<() => void> {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new WriteError(`${folder}: cannot be made: ${(cause as Error).message}`, { cause });
  }
  const lock = join(folder, LOCK_FILE);
  const hint = `wait for its end, or remove ${lock} if it does not`;
  const release = await lockForProcess(lock, {
    taken: (owner) => new RunError(`${folder}: process ${owner} trains in it; ${hint}`),
  });
  for (const name of readdirSync(folder))
    if (PARTIAL.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  return release;
}

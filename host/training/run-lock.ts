import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { lockForProcess, makeFolder, RunError, WriteError } from '../system/index.js';

/** Exists in a run folder while a process trains there. */
const LOCK_FILE = 'training.pid';
/** Names of files that `writeFileAtomically` or `lockForProcess` leave when their process is killed. */
const PARTIAL = /\.\d+\.part$|^\.?training\.pid[.-]/;

/** Whether a file in a run folder may be left from a killed process, and can be ignored. */
export function isLeftover(name: string): boolean {
  return name === LOCK_FILE || PARTIAL.test(name);
}

/**
 * Takes a run folder for this process, so that no two processes write into the same run, and removes what killed
 * processes have left. Resolves to a function that releases it. Throws `RunError` while another process trains in it.
 */
export async function occupyFolder(folder: string): Promise<() => void> {
  try {
    makeFolder(folder);
  } catch (cause) {
    throw new WriteError(`${folder}: cannot be created: ${(cause as Error).message}`, { cause });
  }
  const lock = join(folder, LOCK_FILE);
  const hint = `wait until it ends, or remove ${lock} if that process is not training`;
  const release = await lockForProcess(lock, {
    taken: (owner) => new RunError(`${folder}: process ${owner} is training in it; ${hint}`),
  });
  for (const name of readdirSync(folder))
    if (PARTIAL.test(name)) rmSync(join(folder, name), { recursive: true, force: true });
  return release;
}

import { homedir } from 'node:os';
import { sep } from 'node:path';

/** Returns a path with `~` instead of the home folder, so that a configuration does not name its user. */
export function abbreviateHome(path: string): string {
  const home = homedir();
  return path === home || path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}

export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path;
}

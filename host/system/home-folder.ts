import { homedir } from 'node:os';
import { sep } from 'node:path';

/** A path under the home folder with `~` in its place, so that a configuration names nobody. */
export function abbreviateHome(path: string): string {
  const home = homedir();
  return path === home || path.startsWith(home + sep) ? `~${path.slice(home.length)}` : path;
}

export function expandHome(path: string): string {
  return path === '~' || path.startsWith('~/') ? homedir() + path.slice(1) : path;
}

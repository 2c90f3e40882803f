import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Where derived data is kept between runs: `SPIKEWORD_CACHE`, else `$XDG_CACHE_HOME/spikeword`, else
 * `~/.cache/spikeword`. An empty variable counts as none (XDG Base Directory Specification).
 */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return process.env.SPIKEWORD_CACHE || join(base, 'spikeword');
}

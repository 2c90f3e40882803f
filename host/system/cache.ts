import { homedir } from 'node:os';
import { join } from 'node:path';

/**
 * Returns the folder where derived data is kept between runs: `SPIKEWORD_CACHE`, otherwise `$XDG_CACHE_HOME/spikeword`,
 * otherwise `~/.cache/spikeword`. An empty variable counts as not set (XDG Base Directory Specification).
 */
export function cacheFolder(): string {
  const base = process.env.XDG_CACHE_HOME || join(homedir(), '.cache');
  return process.env.SPIKEWORD_CACHE || join(base, 'spikeword');
}

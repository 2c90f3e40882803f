import { spawnSync } from 'node:child_process';

/** Returns why a test that needs these programs cannot run here, or false if it can. */
export function without(...programs: readonly string[]): string | false {
  const missing = programs.filter((program) => spawnSync('which', [program]).status !== 0);
  return missing.length > 0 && `no ${missing.join(', ')}: npm run setup:audio`;
}

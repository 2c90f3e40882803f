import { spawnSync } from 'node:child_process';
import { packagePath } from '../../host/system/package-files.js';

/** The compiled command line. */
export const MAIN = packagePath('dist/host/cli/main.js');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `spikeword` to its end. */
export function spikeword(...args: readonly string[]): CommandResult {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8' });
  return { code: status, stdout, stderr };
}

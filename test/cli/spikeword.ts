import { spawnSync } from 'node:child_process';
import { packagePath } from '../../host/system/package-files.js';

/** The compiled command line. */
export const MAIN = packagePath('dist/host/cli/main.js');

export interface CommandResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Returns text with every line break, and the indentation after it, as a space: sentences are wrapped somewhere. */
export function unwrapped(text: string): string {
  return text.replace(/\s+/g, ' ');
}

/** Returns the environment as if npm had not started this process: npm changes what commands are called. */
export function withoutNpm(): NodeJS.ProcessEnv {
  return { ...process.env, npm_command: undefined };
}

/** Runs `spikeword` to its end, as if it was not started by npm. */
export function spikeword(...args: readonly string[]): CommandResult {
  const env = withoutNpm();
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...args], { encoding: 'utf8', env });
  return { code: status, stdout, stderr };
}

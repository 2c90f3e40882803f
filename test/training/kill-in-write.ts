// Loaded before the command line with --import: kills the process in the middle of writing a file.
// KILL_IN_WRITE is `NAME:N`: half of the N-th file called NAME….part is written, then the process gets SIGKILL.
import fs from 'node:fs';
import { syncBuiltinESMExports } from 'node:module';
import { basename } from 'node:path';

const [name, nth] = (process.env.KILL_IN_WRITE ?? '').split(':');
const { openSync, writeSync } = fs;
let begun = 0;
let doomed = -1;

fs.openSync = (...args: Parameters<typeof openSync>): number => {
  const file = openSync(...args);
  const begins = basename(String(args[0])).startsWith(name) && String(args[0]).endsWith('.part');
  if (begins && ++begun === Number(nth)) doomed = file;
  return file;
};
fs.writeSync = ((file: number, bytes: Uint8Array, ...rest: number[]): number => {
  if (file !== doomed) return writeSync(file, bytes, ...rest);
  writeSync(file, bytes, 0, bytes.length >> 1);
  process.kill(process.pid, 'SIGKILL');
  return 0;
}) as typeof writeSync;
syncBuiltinESMExports();

// Runs the compiled tests with Node's test runner: all of them, or those whose path contains an argument.
// Lists the files itself, because Node 20 neither expands globs nor complains about a folder without tests.
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../dist/test/', import.meta.url));
const sources = fileURLToPath(new URL('./', import.meta.url));
const parts = process.argv.slice(2);
// dist may still hold a test whose source is gone: only what has a source counts.
const files = readdirSync(sources, { recursive: true })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `${folder}${file.replace(/\.ts$/, '.js')}`)
  .filter((file) => parts.length === 0 || parts.some((part) => file.slice(folder.length).includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`no test matches ${parts.join(' ') || folder}`);
  process.exit(1);
}
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...files], { stdio: 'inherit' });
process.exit(status ?? 1);

// Runs the compiled tests with Node's test runner: all of them, or those whose path contains an argument. Lists at the
// end the tests that did not run because a tool is missing (boards, a browser, recorders); with --all that is a
// failure. Lists the files itself, because Node 20 neither expands globs nor complains about a folder without tests.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('../dist/test/', import.meta.url));
const sources = fileURLToPath(new URL('./', import.meta.url));
const all = process.argv.includes('--all');
const parts = process.argv.slice(2).filter((part) => part !== '--all');
// dist may still contain a test whose source was deleted, so only tests with a source count.
const files = readdirSync(sources, { recursive: true })
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `${folder}${file.replace(/\.ts$/, '.js')}`)
  .filter((file) => parts.length === 0 || parts.some((part) => file.slice(folder.length).includes(part)))
  .sort();
if (files.length === 0) {
  console.error(`no test matches ${parts.join(' ') || folder}`);
  process.exit(1);
}
const scratch = mkdtempSync(join(tmpdir(), 'spikeword-tests-'));
const skippedFile = join(scratch, 'skipped');
const reporters = [
  ...['--test-reporter=spec', '--test-reporter-destination=stdout'],
  ...[`--test-reporter=${sources}skipped.mjs`, `--test-reporter-destination=${skippedFile}`],
];
const { status } = spawnSync(process.execPath, ['--test', '--test-concurrency=2', ...reporters, ...files], {
  stdio: 'inherit',
});
const skipped = readFileSync(skippedFile, 'utf8').trim();
rmSync(scratch, { recursive: true });
if (skipped !== '') console.error(`\nTests that did not run:\n${skipped}`);
process.exit(status !== 0 ? (status ?? 1) : skipped !== '' && all ? 1 : 0);

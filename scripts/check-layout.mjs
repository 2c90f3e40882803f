// Checks what biome does not check: that the C is formatted as .clang-format says, and that no line is longer than 120
// characters. In files that biome formats, only comments are measured: longer lines of code there are strings.
//
//   node scripts/check-layout.mjs           fails if a file has a fault
//   node scripts/check-layout.mjs --write   formats the C first
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { format } from '@wasm-fmt/clang-format';

const LONGEST = 120;
const root = fileURLToPath(new URL('..', import.meta.url));
const style = readFileSync(join(root, '.clang-format'), 'utf8');
const write = process.argv.includes('--write');

const faults = [];
const read = (file) => readFileSync(join(root, file), 'utf8');

/** Returns the paths, from the root, of the files in `folders` with one of the endings. */
function filesIn(folders, endings) {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true })
      .filter((file) => endings.test(file))
      .map((file) => join(folder, file))
      .sort(),
  );
}

function checkLayout(file) {
  const text = read(file);
  const laidOut = format(text, file, style);
  if (laidOut === text) return;
  if (write) writeFileSync(join(root, file), laidOut);
  else faults.push(`${file}: not formatted as .clang-format says; run npm run format`);
}

/** Checks the lines that match `measured`. */
function checkLength(file, measured) {
  for (const [index, line] of read(file).split('\n').entries()) {
    const length = [...line].length;
    if (length <= LONGEST || !measured.test(line)) continue;
    faults.push(`${file}:${index + 1}: ${length} characters, at most ${LONGEST} are allowed`);
  }
}

const ALL = /^/;
const COMMENTS = /^\s*(\/\/|\/?\*)/;
const withC = ['bench', 'firmware-bridge', 'test'];
for (const file of filesIn(withC, /\.[ch]$/)) checkLayout(file);
for (const file of filesIn(withC, /\.([chS]|ld)$/)) checkLength(file, ALL);
for (const file of filesIn(['assembly'], /\.ts$/)) checkLength(file, ALL);
const laidOutByBiome = ['bench', 'contracts', 'host', 'scripts', 'test'];
for (const file of filesIn(laidOutByBiome, /\.(ts|mjs)$/)) checkLength(file, COMMENTS);

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}

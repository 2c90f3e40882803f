import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path/posix';
import { describe, test } from 'node:test';
import { packagePath } from '../../host/system/package-files.js';

/** The tables of folders in docs/architecture.md: [row][folder]. */
function tables(): string[][][] {
  const text = readFileSync(packagePath('docs/architecture.md'), 'utf8');
  return text
    .split('| folder | what it does |\n|---|---|\n')
    .slice(1)
    .map((table) =>
      table
        .slice(0, table.indexOf('\n\n'))
        .split('\n')
        .map((row) => Array.from(row.split('|')[1].matchAll(/`([a-z]+)`/g), ([, folder]) => folder)),
    );
}

interface Import {
  readonly file: string;
  /** A path below `root`, or a package or module of Node. */
  readonly from: string;
  readonly relative: boolean;
}

/** What each TypeScript file below `root` imports. */
function imports(root: string): Import[] {
  const files = readdirSync(packagePath(root), { recursive: true, encoding: 'utf8' })
    .map((file) => file.replaceAll('\\', '/'))
    .filter((file) => file.endsWith('.ts'));
  return files.flatMap((file) => {
    const text = readFileSync(packagePath(`${root}/${file}`), 'utf8');
    return Array.from(text.matchAll(/(?:from|import\() ?'([^'$]+)'/g), ([, from]) => ({
      file,
      from: from.startsWith('.') ? relative('.', join(dirname(file), from)) : from,
      relative: from.startsWith('.'),
    }));
  });
}

const [HOST, CORE] = tables();

for (const [root, rows] of [
  ['host', HOST],
  ['host/core', CORE],
] as const) {
  describe(`the folders of ${root}`, () => {
    const order = rows.flat();
    const all = imports(root);

    test('are those in the table of docs/architecture.md', () => {
      const folders = new Set(all.filter(({ file }) => file.includes('/')).map(({ file }) => file.split('/')[0]));
      assert.deepEqual([...folders].sort(), [...order].sort());
    });

    test('import only what is below them in the table, or to their right', () => {
      const wrong = all.filter(({ file, from }) => {
        const [own, other] = [file.split('/')[0], from.split('/')[0]];
        return order.includes(own) && order.includes(other) && order.indexOf(other) < order.indexOf(own);
      });
      assert.deepEqual(wrong, []);
    });
  });
}

test('the core and the page use no package but decoders of recordings and a zip', () => {
  const packages = ['host/core', 'host/web/page'].flatMap((root) =>
    imports(root)
      .filter(({ file, relative: isRelative }) => !file.endsWith('vite.config.ts') && !isRelative)
      .map(({ from }) => from),
  );
  const decoders = [
    '@wasm-audio-decoders/flac',
    '@wasm-audio-decoders/ogg-vorbis',
    'mpg123-decoder',
    'ogg-opus-decoder',
  ];
  assert.deepEqual([...new Set(packages)].sort(), [...decoders, 'fflate', 'wav-decoder'].sort());
});

import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { describe, test } from 'node:test';
import ts from 'typescript';
import { packagePath } from '../../host/system/package-files.js';

/** Returns the compiler's errors for a file of a project with this text. The file is not on disk. */
function faults(config: string, name: string, text: string): string[] {
  const path = packagePath(config);
  const { config: json } = ts.readConfigFile(path, ts.sys.readFile);
  const { options, projectReferences } = ts.parseJsonConfigFileContent(json, ts.sys, dirname(path));
  const file = join(dirname(path), name);
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (other, ...rest) =>
    other === file ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : getSourceFile(other, ...rest);
  host.fileExists = (other) => other === file || fileExists(other);
  host.readFile = (other) => (other === file ? text : readFile(other));
  const globals = config.includes('core')
    ? [join(dirname(path), 'globals.d.ts'), join(dirname(path), 'webassembly.d.ts')]
    : [];
  const program = ts.createProgram({
    rootNames: [file, ...globals],
    options: { ...options, noEmit: true, composite: false, incremental: false, tsBuildInfoFile: undefined },
    projectReferences,
    host,
  });
  return ts.getPreEmitDiagnostics(program).map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'));
}

const CORE = 'host/core/tsconfig.json';
const PAGE = 'host/web/page/tsconfig.json';

describe('the compiler options of the core', () => {
  test('accept what both Node and browsers have', () => {
    const text = "export const bytes: Uint8Array = new TextEncoder().encode('a');\nsetTimeout(() => {}, 1);\n";
    assert.deepEqual(faults(CORE, 'new.ts', text), []);
  });

  for (const [what, text, said] of [
    ['Buffer', 'export const bytes = Buffer.concat([]);', /'Buffer'/],
    ['process', 'export const home = process.env.HOME;', /'process'/],
    ['a module of Node', "import { readFileSync } from 'node:fs';\nreadFileSync('a');", /'node:fs'/],
    ['the DOM', 'export const page = document.title;', /'document'/],
    ['fetch', "export const page = fetch('a');", /'fetch'/],
  ] as const) {
    test(`refuse ${what}`, () => {
      const found = faults(CORE, 'new.ts', text);
      assert.match(found.join('\n'), said);
    });
  }
});

describe('the compiler options of the page', () => {
  test('accept the core and the DOM', () => {
    const text =
      "import { crc32 } from '../../core/model/index.js';\ndocument.title = String(crc32(new Uint8Array()));\n";
    assert.deepEqual(faults(PAGE, 'new.ts', text), []);
  });

  test('refuse a folder of code for Node', () => {
    const text = "import { packagePath } from '../../system/index.js';\nexport const path = packagePath('a');\n";
    assert.match(faults(PAGE, 'new.ts', text).join('\n'), /rootDir|node:/);
  });

  test('refuse Buffer', () => {
    assert.match(faults(PAGE, 'new.ts', 'export const b = Buffer.from([]);').join('\n'), /'Buffer'/);
  });
});

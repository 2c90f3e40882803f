import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import ts from 'typescript';
import { packagePath } from '../../host/system/package-files.js';

const { exports } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as {
  exports: Record<string, { types?: string }>;
};
const declarations = Object.values(exports).flatMap(({ types }) => (types === undefined ? [] : [packagePath(types)]));

/** Returns TypeScript's errors in the package's declarations, for a program with these libraries and types. */
function faults(lib: readonly string[], types: readonly string[]): string[] {
  const program = ts.createProgram(declarations, {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: [...lib],
    types: [...types],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

for (const [program, lib, types] of [
  ['for Node', ['lib.es2023.d.ts'], ['node']],
  ['without the types of Node', ['lib.es2023.d.ts'], []],
  ['with the names of a browser', ['lib.es2023.d.ts', 'lib.dom.d.ts'], []],
] as const) {
  test(`a program ${program} compiles against the package, with checks of the declarations`, () => {
    assert.deepEqual(faults(lib, types), []);
  });
}

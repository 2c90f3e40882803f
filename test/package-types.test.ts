import assert from 'node:assert/strict';
import { test } from 'node:test';
import ts from 'typescript';
import { packagePath } from '../host/system/package-files.js';

/**
 * What TypeScript says of the library's declarations, read by a program that has these libraries and no `skipLibCheck`.
 */
function faults(lib: readonly string[]): string[] {
  const program = ts.createProgram([packagePath('dist/host/index.d.ts')], {
    strict: true,
    noEmit: true,
    skipLibCheck: false,
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    lib: [...lib],
    types: ['node'],
  });
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ file, messageText }) => `${file?.fileName}: ${ts.flattenDiagnosticMessageText(messageText, '\n')}`);
}

for (const [program, lib] of [
  ['for Node', ['lib.es2023.d.ts']],
  ['with the names of a browser', ['lib.es2023.d.ts', 'lib.dom.d.ts']],
] as const) {
  test(`a program ${program} compiles against the library, its declarations checked`, () => {
    assert.deepEqual(faults(lib), []);
  });
}

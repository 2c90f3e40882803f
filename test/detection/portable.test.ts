import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { test } from 'node:test';
import { packagePath } from '../../host/package-files.js';

const root = packagePath('dist/host');

/** Every module that one leads to, with what it imports that is not a file of the project. */
function reached(path: string, found = new Map<string, string[]>()): Map<string, string[]> {
  if (found.has(path)) return found;
  const imports = [...readFileSync(path, 'utf8').matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(
    ([, name]) => name,
  );
  found.set(
    path,
    imports.filter((name) => !name.startsWith('.')),
  );
  for (const name of imports.filter((other) => other.startsWith('.'))) reached(resolve(dirname(path), name), found);
  return found;
}

for (const room of ['network', 'quantization', 'features', 'model', 'kernel', 'detection']) {
  test(`host/${room}/portable.ts leads to nothing of Node`, () => {
    const modules = reached(resolve(root, room, 'portable.js'));
    assert.ok(modules.size > 1, 'no module was found');
    for (const [path, foreign] of modules) {
      assert.deepEqual(foreign, [], relative(root, path));
      const code = readFileSync(path, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
      assert.doesNotMatch(code, /\b(Buffer|process|require|__dirname)\b/, relative(root, path));
    }
  });
}

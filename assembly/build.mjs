// Compiles every WebAssembly module of the project. Each row is a module; asconfig.json has the options.
import { mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const modules = [
  { target: 'frontend', entry: 'assembly/inference/frontend/index.ts' },
  { target: 'kernel', entry: 'assembly/inference/index.ts' },
  { target: 'kernel-dense', entry: 'assembly/inference/index-dense.ts' },
  { target: 'kernel-portable', entry: 'assembly/inference/index-portable.ts' },
  { target: 'kernel-apart', entry: 'assembly/inference/index-apart.ts' },
  { target: 'trainer', entry: 'assembly/training/index.ts' },
];

const root = fileURLToPath(new URL('..', import.meta.url));
mkdirSync(new URL('../dist/wasm', import.meta.url), { recursive: true });
const wanted = process.argv.slice(2);
for (const { target, entry } of modules) {
  if (wanted.length > 0 && !wanted.includes(target)) continue;
  const { error, stderr } = await asc.main([
    entry,
    '--baseDir',
    root,
    '--config',
    `${root}asconfig.json`,
    '--target',
    target,
  ]);
  process.stderr.write(stderr.toString());
  if (error) {
    console.error(`${entry}: ${error.message}`);
    process.exit(1);
  }
}

// The `prepare` script of package.json. npm runs it after `npm ci`, before it packs or publishes, and before
// `npx spikeword` in a checkout. Builds what each of these needs.
import { execSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('..', import.meta.url));
const dist = join(root, 'dist');

/** The input of the build. */
const FOLDERS = ['assembly', 'bench', 'datasets', 'docs', 'firmware-bridge', 'host', 'models', 'scripts', 'test'];
const FILES = ['LICENSE', 'asconfig.json', 'package.json', 'tsconfig.json', 'tsconfig.base.json'];
/** The parts of `dist` that are in the package. */
const PACKED = ['firmware', 'host', 'kernel-c', 'wasm', 'web'];

function build(folder) {
  execSync('npm run build', { cwd: folder, stdio: 'inherit' });
}

/** Returns the paths of the files in a folder, relative to it. */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
}

/**
 * Builds the package from scratch, and changes only the files of `dist` that differ. A command that runs meanwhile
 * finds every file that it needs: each file is replaced in one step, and files that the new build does not have are
 * removed last.
 */
function buildPackage() {
  mkdirSync(dist, { recursive: true });
  // inside dist, so that node_modules is above it and files can be renamed on the same disk
  const fresh = mkdtempSync(join(dist, 'fresh-'));
  try {
    for (const name of [...FOLDERS, ...FILES]) cpSync(join(root, name), join(fresh, name), { recursive: true });
    build(fresh);
    // the build has said why
    if (!existsSync(join(fresh, 'dist/kernel-c/key.txt'))) throw new Error('the package needs the kernel in C');
    if (!existsSync(join(fresh, 'dist/firmware'))) throw new Error('the package needs the firmware of the boards');
    for (const part of PACKED) {
      const [made, used] = [join(fresh, 'dist', part), join(dist, part)];
      const names = filesIn(made);
      for (const name of names) {
        const [from, to] = [join(made, name), join(used, name)];
        if (existsSync(to) && readFileSync(from).equals(readFileSync(to))) continue;
        mkdirSync(dirname(to), { recursive: true });
        renameSync(from, to);
      }
      const wanted = new Set(names);
      for (const name of filesIn(used)) if (!wanted.has(name)) rmSync(join(used, name));
    }
  } finally {
    rmSync(fresh, { recursive: true });
  }
}

switch (process.env.npm_command) {
  case 'exec':
    // npx treats the checkout as a package that it must prepare, in most versions of npm before every command
    break;
  case 'pack':
  case 'publish':
  case 'stage':
    buildPackage();
    break;
  default:
    build(root);
}

// What npm runs after `npm ci`, before it packs or publishes, and before `npx spikeword` in a checkout: builds what is
// needed then. package.json's `prepare`.
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

/** What the build reads. */
const FOLDERS = ['assembly', 'bench', 'host', 'models', 'test'];
const FILES = ['asconfig.json', 'package.json', 'tsconfig.json', 'tsconfig.base.json'];
/** What the package has of `dist`. */
const PACKED = ['host', 'wasm', 'web'];

function build(folder) {
  execSync('npm run build', { cwd: folder, stdio: 'inherit' });
}

/** The files below a folder, by their paths in it. */
function filesIn(folder) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true }).filter((name) => statSync(join(folder, name)).isFile());
}

/**
 * Builds the package from nothing, and changes of `dist` only what differs. A command that runs meanwhile finds every
 * file it needs, because each is replaced in one step, and what the new build no longer has is removed last.
 */
function buildPackage() {
  mkdirSync(dist, { recursive: true });
  // within dist, so that node_modules is above it and the disk is the same
  const fresh = mkdtempSync(join(dist, 'fresh-'));
  try {
    for (const name of [...FOLDERS, ...FILES]) cpSync(join(root, name), join(fresh, name), { recursive: true });
    build(fresh);
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
    // npx takes the checkout for a package that it has to prepare, in most versions of npm before every command
    break;
  case 'pack':
  case 'publish':
  case 'stage':
    buildPackage();
    break;
  default:
    build(root);
}

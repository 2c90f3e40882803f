// npm run test:node -- VERSION [PART…] [--all]: runs the compiled tests, or those whose path contains a part, with
// another version of Node. VERSION is `oldest` (the first version that `engines` in package.json allows), `newest`, or
// any version that npm has. npm downloads the binary to its own cache, outside node_modules.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const named = {
  oldest: `${engines.node.replace('>=', '')}.0`,
  newest: '26.12.1',
};

const [wanted, ...parts] = process.argv.slice(2);
if (wanted === undefined) {
  console.error(`Give a version of Node: ${Object.keys(named).join(', ')}, or a number such as 22.12.0.`);
  process.exit(2);
}
const version = named[wanted] ?? wanted;
const system = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
console.error(`Node ${version}`);
// through a shell, because Windows finds npm only that way
const command = ['npm', 'exec', '--yes', `--package=node-${system}@${version}`, '--', 'node', 'test/run.mjs', ...parts];
const { status } = spawnSync(command.join(' '), { stdio: 'inherit', shell: true });
process.exit(status ?? 1);

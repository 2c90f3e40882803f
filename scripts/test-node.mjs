// npm run test:node -- VERSION [PART…] [--all]: runs the compiled tests, or those whose path contains a part, with
// another version of Node. VERSION is `oldest`, the first that package.json's `engines` admits, `newest`, or any that
// npm has: npm fetches its binary into a cache of its own, outside node_modules.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

const { engines } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
const named = {
  oldest: `${engines.node.replace('>=', '')}.0`,
  newest: '26.12.1',
};

const [wanted, ...parts] = process.argv.slice(2);
if (wanted === undefined) {
  console.error(`which version? ${Object.keys(named).join(', ')}, or one such as 22.12.0`);
  process.exit(2);
}
const version = named[wanted] ?? wanted;
const system = `${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
console.error(`Node ${version}`);
// through a shell, without which Windows does not find npm
const command = ['npm', 'exec', '--yes', `--package=node-${system}@${version}`, '--', 'node', 'test/run.mjs', ...parts];
const { status } = spawnSync(command.join(' '), { stdio: 'inherit', shell: true });
process.exit(status ?? 1);

import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { packagePath } from '../../host/system/package-files.js';

/** Runs a program to its end. Throws with its output if it fails. */
function run(program: string, args: readonly string[], folder: string): string {
  const { status, stdout, stderr } = spawnSync(program, args, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')}: exit code ${status}\n${stdout}${stderr}`);
  return stdout;
}

/**
 * An empty project with the packed package in it, as npm would install it: beside it lie the packages that it declares
 * as dependencies and those named here, and no other. In it lie the examples.
 */
export function emptyProject(packages: readonly string[] = []): string {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-project-'));
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  const modules = join(folder, 'node_modules');
  mkdirSync(modules);
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--ignore-scripts', '--json', '--pack-destination', folder], packagePath('')),
  ) as { filename: string }[];
  run('tar', ['-xzf', filename, '-C', modules], folder);
  run('mv', ['package', 'spikeword'], modules);
  const { dependencies } = JSON.parse(readFileSync(packagePath('package.json'), 'utf8')) as { dependencies: object };
  for (const name of [...Object.keys(dependencies), ...packages]) {
    mkdirSync(dirname(join(modules, name)), { recursive: true });
    symlinkSync(packagePath(`node_modules/${name}`), join(modules, name));
  }
  cpSync(packagePath('examples'), folder, { recursive: true });
  return folder;
}

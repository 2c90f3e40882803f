import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { TrainingError } from '../../core/error.js';
import { packagePath } from '../../system/index.js';

/** A Python that has what the torch engine needs. */
export interface Python {
  /** The interpreter: a path, or a name that is looked for as the shell would. */
  readonly command: string;
  /** The version of PyTorch. */
  readonly torch: string;
  /** GPUs that PyTorch can use on this machine. */
  readonly gpus: number;
}

const PACKAGES = ['torch', 'numpy', 'safetensors'];

/** Where `npm run setup:torch` puts its Python. */
export const OWN_PYTHON = 'dist/torch-python/bin/python3';

const CHECK = `
import importlib, json
for name in ${JSON.stringify(PACKAGES)}: importlib.import_module(name)
import torch, torch.distributed
assert torch.distributed.is_available(), "this PyTorch was built without torch.distributed"
print(json.dumps({"torch": torch.__version__, "gpus": torch.cuda.device_count()}))
`;

/** Returns what a Python has, or the last line of what it says. */
function check(command: string): Python | string {
  const { status, stdout, stderr, error } = spawnSync(command, ['-c', CHECK], { encoding: 'utf8' });
  if (error !== undefined) return (error as NodeJS.ErrnoException).code === 'ENOENT' ? 'not found' : error.message;
  if (status !== 0) return stderr.trim().split('\n').at(-1) ?? `exit code ${status}`;
  const found = JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Omit<Python, 'command'>;
  return { command, ...found };
}

/**
 * Finds a Python with PyTorch: `SPIKEWORD_PYTHON` if it is set, otherwise that of `npm run setup:torch`, otherwise
 * `python3`. Throws `TrainingError` naming what each of them lacks.
 */
export function findPython(): Python {
  const given = process.env.SPIKEWORD_PYTHON;
  const own = packagePath(OWN_PYTHON);
  const commands = given ? [given] : [...(existsSync(own) ? [own] : []), 'python3'];
  const faults: string[] = [];
  for (const command of commands) {
    const found = check(command);
    if (typeof found !== 'string') return found;
    faults.push(`${command}: ${found}`);
  }
  throw new TrainingError(
    `the torch engine needs a Python with ${PACKAGES.join(', ')} (${faults.join('; ')}); install one with \`npm run setup:torch\` in ${packagePath('')}, or name one in SPIKEWORD_PYTHON`,
  );
}

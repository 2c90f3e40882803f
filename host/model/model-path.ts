import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../core/error.js';

/** What is made of a run before its model is, the latest first, and the commands that go on from there. */
const BEFORE_MODEL = [
  { file: 'best.safetensors', commands: ['quantize'] },
  { file: 'config.json', commands: ['train --resume', 'quantize'] },
] as const;

/**
 * The model file that a path stands for: a folder, such as that of a run, stands for the one model file in it, anything
 * else for itself. Throws `ModelError` for a folder with none, naming the commands that make it in a run folder and
 * what is expected (`takes`), and for one with several.
 */
export function modelPath(path: string, takes = 'model.spkw or model.wasm'): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path;
  const models = readdirSync(path)
    .filter((name) => name.endsWith('.spkw'))
    .sort();
  if (models.length === 1) return join(path, models[0]);
  if (models.length > 1) throw new ModelError(`${path}: a folder with ${models.join(', ')}; name one of them`);
  const run = BEFORE_MODEL.find(({ file }) => existsSync(join(path, file)));
  if (run === undefined) throw new ModelError(`${path}: a folder without a model, expected ${takes}`);
  const commands = run.commands.map((command) => `spikeword ${command} ${path}`).join(', then ');
  throw new ModelError(`${path}: no model.spkw in this folder: ${commands}; or name ${takes}`);
}

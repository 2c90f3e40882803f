import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { ModelError } from '../core/error.js';

/** The files that a run has before its model, the latest first, and the commands that continue from each. */
const BEFORE_MODEL = [
  { file: 'best.safetensors', commands: ['quantize'] },
  { file: 'config.json', commands: ['train --resume', 'quantize'] },
] as const;

/**
 * Returns the path of the only model file in a folder, such as a run folder. Any other path is returned unchanged.
 * Throws `ModelError` if the folder has several models or none. For none, the message names what is expected (`takes`),
 * and in a run folder also the commands that make the model.
 */
export function modelPath(path: string, takes = 'model.spkw or model.wasm'): string {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return path;
  const models = readdirSync(path)
    .filter((name) => name.endsWith('.spkw'))
    .sort();
  if (models.length === 1) return join(path, models[0]);
  if (models.length > 1)
    throw new ModelError(
      `${path}: this folder has several models (${models.join(', ')}); give the path of one of them`,
    );
  const run = BEFORE_MODEL.find(({ file }) => existsSync(join(path, file)));
  if (run === undefined) throw new ModelError(`${path}: a folder without a model, expected ${takes}`);
  const commands = run.commands.map((command) => `spikeword ${command} ${path}`).join(', then ');
  throw new ModelError(`${path}: this folder has no model.spkw yet: run ${commands}; or give the path of ${takes}`);
}

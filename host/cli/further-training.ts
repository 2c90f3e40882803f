import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { modelPath } from '../model/index.js';
import { RunFolder } from '../training/index.js';

/**
 * Returns the command that trains a model further with the sounds that were mined with it: from the run that it lies
 * in, otherwise with what only the user knows in capitals.
 */
export function furtherTraining(model: string, ambient: string, mined: string): readonly string[] {
  const folder = dirname(modelPath(model));
  const also = (folders: readonly string[]): string[] => [...folders, mined].flatMap((one) => ['--ambient', one]);
  if (!existsSync(join(folder, 'config.json'))) {
    return ['train', '--data', 'FOLDER', '--task', 'live:WORDS', ...also([ambient]), '--out', 'runs/NAME'];
  }
  const { run, config } = RunFolder.open(folder);
  const begun = ['--config', run.file('config'), '--from', run.file('best')];
  return ['train', ...begun, ...also(config.ambient ?? [ambient]), '--out', `${folder}-mined`];
}

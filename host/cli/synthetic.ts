import { resolve } from 'node:path';
import { wrapText } from '../core/text/index.js';
import { packagePath } from '../system/index.js';

/** What stands below figures on the bundled recordings. */
export const SYNTHETIC = wrapText(
  'The bundled recordings are synthetic speech; these figures say nothing about people.',
);

/** Returns this note, below an empty line, if figures are from the bundled recordings; otherwise nothing. */
export function syntheticNote(data: string | undefined): string {
  return data !== undefined && resolve(data) === resolve(packagePath('datasets/sample')) ? `\n${SYNTHETIC}\n` : '';
}

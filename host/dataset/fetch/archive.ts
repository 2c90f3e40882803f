import { readFileSync } from 'node:fs';
import { UsageError } from '../../core/error.js';
import { packagePath } from '../../system/index.js';

/** The address of a dataset's archive, and its expected size and checksum. */
export interface Archive {
  readonly name: string;
  /** A gzipped tar. */
  readonly url: string;
  readonly bytes: number;
  /** Hexadecimal, lower case. */
  readonly sha256: string;
}

const NAMES = ['gsc-v2'];

/**
 * Returns the description of a published dataset, from datasets/NAME.json.
 *
 * @throws UsageError if there is no dataset of this name
 */
export function publishedArchive(name: string): Archive {
  if (!NAMES.includes(name)) throw new UsageError(`dataset '${name}': expected ${NAMES.join(', ')}`);
  return JSON.parse(readFileSync(packagePath(`datasets/${name}.json`), 'utf8')) as Archive;
}

import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { encodeWav } from '../../host/core/wav/index.js';

const temporary: string[] = [];
// Not `after` of node:test, which never runs if it is called within a hook.
process.on('exit', () => {
  for (const folder of temporary) rmSync(folder, { recursive: true, force: true });
});

/** Creates an empty folder that is removed when the test file ends. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-'));
  temporary.push(folder);
  return folder;
}

/** Returns a constant signal, for tests where only the number and position of samples matter. */
export function constantWav(value: number, samples: number): Uint8Array {
  return encodeWav(new Int16Array(samples).fill(value));
}

/** Writes files, given by path and content, into a new folder, and returns the folder. */
export function corpus(files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = temporaryFolder();
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return root;
}

/**
 * Speaker ids with the splits that TensorFlow's own `which_set` gives them, computed with Python's hashlib:
 * int(sha1(id).hexdigest(), 16) % 2**27 * (100 / (2**27 - 1)), below 10 validation, below 20 testing.
 */
export const SPEAKERS = {
  training: ['4ea349da', 'ecdac38b', '2949b6ed', 'c781309e'],
  validation: ['12345678', 'b06bd029', 'cadf5a20', 'ae56f530'],
  testing: ['8b123d3c', 'b93cfe26', '9cb49936', 'b3c9f9ab'],
} as const;

/** The folder of real recordings, laid out like the official archive; null if there are none. */
export const REAL_CORPUS: string | null =
  [process.env.SPIKEWORD_GSC ?? join(homedir(), '.cache', 'gsc-subset')].find((folder) => existsSync(folder)) ?? null;

export const WITHOUT_REAL_CORPUS =
  REAL_CORPUS === null ? 'no real recordings: set SPIKEWORD_GSC to their folder' : false;

/** The folder of real ambient sound, without keywords; null if there is none. */
export const REAL_AMBIENT: string | null =
  [process.env.SPIKEWORD_AMBIENT ?? join(homedir(), '.cache', 'ambient-subset')].find((folder) => existsSync(folder)) ??
  null;

export const WITHOUT_REAL_AMBIENT =
  REAL_AMBIENT === null ? 'no real ambient sound: set SPIKEWORD_AMBIENT to its folder' : false;

import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpikewordError, UsageError } from '../core/error.js';
import { RunError, TrainingConfigError, writeFileAtomically } from '../system/index.js';
import { checkConfig } from './check-config.js';
import type { TrainingConfig } from './config.js';
import type { Environment } from './environment.js';
import type { EpochLog } from './epoch-log.js';
import { logCsv } from './log-csv.js';
import { isLeftover, occupyFolder } from './run-lock.js';
import type { DatasetDescription } from './training-data.js';

/** The files of a run, each written whole or not at all. */
const RUN_FILES = {
  config: 'config.json',
  environment: 'environment.json',
  log: 'log.jsonl',
  /** The same for spreadsheets, without what is not one number per epoch. */
  csv: 'log.csv',
  /** The epoch that is best on validation. */
  best: 'best.safetensors',
  /** The last finished epoch. */
  last: 'last.safetensors',
  /** Parameters, optimiser and counters after the last finished epoch, from which a resumed run continues. */
  state: 'state.safetensors',
} as const;

interface EnvironmentFile {
  readonly dataset: DatasetDescription | null;
  readonly sessions: readonly Environment[];
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Reads a configuration file. Throws `TrainingConfigError` naming the file and the fault. */
export function readConfig(path: string): TrainingConfig {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    throw new TrainingConfigError(`${path}: cannot be read: ${(cause as Error).message}`, { cause });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new TrainingConfigError(`${path}: is not JSON: ${(cause as Error).message}`, { cause });
  }
  try {
    return checkConfig(value);
  } catch (cause) {
    if (!(cause instanceof SpikewordError)) throw cause;
    throw new TrainingConfigError(`${path}: ${cause.message}`, { cause });
  }
}

/** Returns the digests of the ambient sound of a run, as text. */
function ambientOf({ ambient = [] }: DatasetDescription): string {
  const digests = ambient.map(
    ({ digest, validationDigest }) =>
      `digest ${digest}${validationDigest === undefined ? '' : `, of validation ${validationDigest}`}`,
  );
  return digests.length === 0 ? 'none' : digests.join(', ');
}

/** Returns the digests of the kept sounds of a run, as text. */
function mistakesOf({ mistakes = [] }: DatasetDescription): string {
  return mistakes.length === 0 ? 'none' : mistakes.map(({ digest }) => `digest ${digest}`).join(', ');
}

function parse<T>(text: string, place: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new RunError(`${place}: is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** Returns the names of the files in a folder, without those that killed processes left behind. */
function contents(path: string): string[] {
  if (!existsSync(path)) return [];
  try {
    return readdirSync(path).filter((name) => !isLeftover(name));
  } catch (cause) {
    throw new UsageError(`${path}: cannot be a run folder: ${(cause as Error).message}`, { cause });
  }
}

function refuseContents(path: string): void {
  const files = contents(path);
  if (files.length === 0) return;
  const hint = files.includes(RUN_FILES.config) ? `--resume ${path} to continue it, or ` : '';
  throw new UsageError(`${path}: is not empty; use ${hint}--out with another folder`);
}

/** The folder of one training run. */
export class RunFolder {
  private constructor(
    readonly path: string,
    private readonly config: TrainingConfig,
    private isNew: boolean,
  ) {}

  /**
   * Creates a run. Throws `UsageError` if the folder contains anything. Nothing is written before the first session
   * begins, so if a training is refused because of its recordings, no folder is in the way of the next attempt.
   */
  static create(path: string, config: TrainingConfig): RunFolder {
    refuseContents(path);
    return new RunFolder(path, config, true);
  }

  /** Opens an existing run. Throws `RunError` if the folder is not a run. */
  static open(path: string): { run: RunFolder; config: TrainingConfig } {
    const file = join(path, RUN_FILES.config);
    if (!existsSync(file)) throw new RunError(`${path}: is not a run folder: ${RUN_FILES.config} is missing`);
    const config = readConfig(file);
    return { run: new RunFolder(path, config, false), config };
  }

  file(name: keyof typeof RUN_FILES): string {
    return join(this.path, RUN_FILES[name]);
  }

  private write(name: string, content: string): void {
    writeFileAtomically(join(this.path, name), content);
  }

  /** Returns the epochs in the log, oldest first; empty before the first finished epoch. */
  readLog(): EpochLog[] {
    if (!existsSync(this.file('log'))) return [];
    const lines = readFileSync(this.file('log'), 'utf8').split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line, k) => parse<EpochLog>(line, `${this.file('log')}: line ${k + 1}`));
  }

  /** Replaces the log: one line per epoch, each with one JSON object; and log.csv. */
  writeLog(epochs: readonly EpochLog[]): void {
    this.write(RUN_FILES.csv, logCsv(epochs));
    this.write(RUN_FILES.log, epochs.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''));
  }

  /** Returns what is known of the recordings of the run; null before its first session. */
  readDataset(): DatasetDescription | null {
    return this.readEnvironment().dataset;
  }

  /** Returns the engine of the last session; `wasm` before the first one, and for versions that had no other. */
  lastEngine(): 'wasm' | 'torch' {
    const engine = this.readEnvironment().sessions.at(-1)?.engine ?? 'wasm';
    return engine === 'wasm' ? engine : engine.name;
  }

  private readEnvironment(): EnvironmentFile {
    if (!existsSync(this.file('environment'))) return { dataset: null, sessions: [] };
    const file = parse<EnvironmentFile>(readFileSync(this.file('environment'), 'utf8'), this.file('environment'));
    if (!Array.isArray(file?.sessions)) throw new RunError(`${this.file('environment')}: has no list of sessions`);
    return file;
  }

  /**
   * Takes the folder for this process until the returned function is called, and removes half-written files of killed
   * processes. Throws `RunError` while another process trains in it, and `UsageError` if another process has begun a
   * run since `create`.
   */
  async occupy(): Promise<() => void> {
    const release = await occupyFolder(this.path);
    try {
      if (this.isNew) refuseContents(this.path);
      this.isNew = false;
    } catch (error) {
      release();
      throw error;
    }
    return release;
  }

  /**
   * Records that a session begins; the first session of a run also writes its configuration. Throws `RunError` if the
   * recordings are not those that the run began with, because nothing could then reproduce the weights.
   */
  beginSession(dataset: DatasetDescription, environment: Environment): void {
    const before = this.readEnvironment();
    if (before.dataset !== null && ambientOf(before.dataset) !== ambientOf(dataset)) {
      throw new RunError(
        `${this.path}: this run began with different ambient sound (${ambientOf(before.dataset)}; this is ${ambientOf(dataset)}); give the original folders with --ambient, in their order`,
      );
    }
    if (before.dataset !== null && mistakesOf(before.dataset) !== mistakesOf(dataset)) {
      throw new RunError(
        `${this.path}: this run began with different kept sounds, or with another review of them (${mistakesOf(before.dataset)}; this is ${mistakesOf(dataset)}); give the original folders with --mistakes, or start a new run`,
      );
    }
    if (before.dataset !== null && before.dataset.digest !== dataset.digest) {
      throw new RunError(
        `${this.path}: this run began with different recordings (digest ${before.dataset.digest}; these have ${dataset.digest}); give the original recordings with --data`,
      );
    }
    if (!existsSync(this.file('config'))) this.write(RUN_FILES.config, asJson(this.config));
    this.write(RUN_FILES.environment, asJson({ dataset, sessions: [...before.sessions, environment] }));
  }
}

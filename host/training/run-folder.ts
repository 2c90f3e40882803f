import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SpikewordError, UsageError } from '../core/error.js';
import { RunError, TrainingConfigError, writeFileAtomically } from '../system/index.js';
import { checkConfig } from './check-config.js';
import type { TrainingConfig } from './config.js';
import type { Environment } from './environment.js';
import type { EpochLog } from './epoch-log.js';
import { isLeftover, occupyFolder } from './run-lock.js';
import type { DatasetDescription } from './training-data.js';

/** The files of a run, each written whole or not at all. */
const RUN_FILES = {
  config: 'config.json',
  environment: 'environment.json',
  log: 'log.jsonl',
  /** The epoch that did best on validation. */
  best: 'best.safetensors',
  /** The last finished epoch. */
  last: 'last.safetensors',
  /** Parameters, optimiser and counters of the last finished epoch: what a resumed run begins with. */
  state: 'state.safetensors',
} as const;

interface EnvironmentFile {
  readonly dataset: DatasetDescription | null;
  readonly sessions: readonly Environment[];
}

const asJson = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** Reads a configuration file; throws `TrainingConfigError` naming the file and the fault. */
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

function parse<T>(text: string, place: string): T {
  try {
    return JSON.parse(text) as T;
  } catch (cause) {
    throw new RunError(`${place}: is not JSON: ${(cause as Error).message}`, { cause });
  }
}

/** What stands in a folder, but for what killed processes left behind. */
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
  throw new UsageError(`${path}: not empty; choose ${hint}another --out`);
}

/** The folder of one training run. */
export class RunFolder {
  private constructor(
    readonly path: string,
    private readonly config: TrainingConfig,
    private isNew: boolean,
  ) {}

  /**
   * A new run; throws `UsageError` when the folder holds anything already. Nothing is written before the first session
   * begins, so that a training refused for its recordings leaves no folder in the way of the next try.
   */
  static create(path: string, config: TrainingConfig): RunFolder {
    refuseContents(path);
    return new RunFolder(path, config, true);
  }

  /** An existing run; throws `RunError` when the folder is none. */
  static open(path: string): { run: RunFolder; config: TrainingConfig } {
    const file = join(path, RUN_FILES.config);
    if (!existsSync(file)) throw new RunError(`${path}: not a run folder, ${RUN_FILES.config} is missing`);
    const config = readConfig(file);
    return { run: new RunFolder(path, config, false), config };
  }

  file(name: keyof typeof RUN_FILES): string {
    return join(this.path, RUN_FILES[name]);
  }

  private write(name: string, content: string): void {
    writeFileAtomically(join(this.path, name), content);
  }

  /** The epochs in the log, oldest first; empty before the first. */
  readLog(): EpochLog[] {
    if (!existsSync(this.file('log'))) return [];
    const lines = readFileSync(this.file('log'), 'utf8').split('\n');
    return lines
      .filter((line) => line !== '')
      .map((line, k) => parse<EpochLog>(line, `${this.file('log')}: line ${k + 1}`));
  }

  /** Replaces the log: one JSON object a line, one line an epoch. */
  writeLog(epochs: readonly EpochLog[]): void {
    this.write(RUN_FILES.log, epochs.map((epoch) => `${JSON.stringify(epoch)}\n`).join(''));
  }

  private readEnvironment(): EnvironmentFile {
    if (!existsSync(this.file('environment'))) return { dataset: null, sessions: [] };
    const file = parse<EnvironmentFile>(readFileSync(this.file('environment'), 'utf8'), this.file('environment'));
    if (!Array.isArray(file?.sessions)) throw new RunError(`${this.file('environment')}: lists no sessions`);
    return file;
  }

  /**
   * Takes the folder for this process until the returned function is called; removes what killed ones left
   * half-written. Throws `RunError` while another process trains in it, and `UsageError` when another has begun a run
   * since `create`.
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
   * Notes that a session begins, the first of a run with its configuration; throws `RunError` when the recordings are
   * not those that the run began with, because the weights would then be reproducible from neither.
   */
  beginSession(dataset: DatasetDescription, environment: Environment): void {
    const before = this.readEnvironment();
    if (before.dataset !== null && before.dataset.digest !== dataset.digest) {
      throw new RunError(
        `${this.path}: began with recordings of digest ${before.dataset.digest}, these have ${dataset.digest}`,
      );
    }
    if (!existsSync(this.file('config'))) this.write(RUN_FILES.config, asJson(this.config));
    this.write(RUN_FILES.environment, asJson({ dataset, sessions: [...before.sessions, environment] }));
  }
}

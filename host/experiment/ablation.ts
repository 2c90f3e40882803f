import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Split } from '../core/dataset/index.js';
import { UsageError } from '../core/error.js';
import { withWidth } from '../core/network/index.js';
import type { Stage } from '../core/stage.js';
import { readCheckpoint } from '../model/index.js';
import { expandHome, RunError, writeFileAtomically } from '../system/index.js';
import {
  configureTraining,
  type EpochLog,
  RunFolder,
  type TorchOptions,
  type TorchReport,
  type TrainingConfig,
  trainRun,
} from '../training/index.js';
import { type Cell, type CellTraining, cellsOf } from './cells.js';
import type { ActivationRange } from './conversion.js';
import { type Measurement, measureCell, measureRange } from './measure.js';
import { ablationPicture } from './picture.js';
import { type AblationSettings, openExperiment } from './settings.js';
import { type AblationReport, markdownText, reportOf } from './table.js';

export interface AblationOptions {
  /** Settings of a new experiment that differ from `ABLATION_DEFAULTS`; `data` is required there. */
  readonly settings?: Partial<AblationSettings>;
  /** Computes only cells whose name contains one of these; default: all. */
  readonly only?: readonly string[];
  /** Also evaluates on testing, each cell once. */
  readonly testing?: boolean;
  /** Default: all cores. */
  readonly threads?: number;
  /** Trains with PyTorch, there. */
  readonly torch?: TorchOptions;
  readonly stage?: Stage;
  onTorch?(report: TorchReport): void;
  /** Called before each training that is not finished. */
  onTraining?(training: CellTraining): void;
  onEpoch?(log: EpochLog): void;
  /** Called after each cell that was measured. */
  onCell?(cell: Cell, result: Measurement): void;
}

/** The files of an experiment, besides its settings and its runs. */
export const ABLATION_FILES = { json: 'ablation.json', table: 'ablation.md', picture: 'ablation.svg' } as const;

/**
 * Trains and measures the cells of an ablation in a folder: each training is an ordinary run folder in it, and each
 * result a file there. What is finished is not computed again, and what was interrupted continues, so the same call
 * completes the same table. After each cell it writes `ablation.json`, `ablation.md` and `ablation.svg` again.
 *
 * Throws `UsageError` for settings that are wrong or are not those of the folder, and what `trainRun`,
 * `quantizeNetwork` and `evaluateModel` throw.
 */
export async function runAblation(folder: string, options: AblationOptions = {}): Promise<AblationReport> {
  const settings = openExperiment(folder, options.settings ?? {});
  const threads = options.threads ?? availableParallelism();
  const all = cellsOf(settings);
  const chosen = all.filter(({ name }) => options.only?.some((part) => name.includes(part)) ?? true);
  if (chosen.length === 0) {
    const names = all.map(({ name }) => name);
    throw new UsageError(
      `ablation: no cell has ${options.only?.join(' or ')} in its name; cells are ${names.join(', ')}`,
    );
  }
  const splits: Split[] = options.testing ? ['validation', 'testing'] : ['validation'];
  /** By the name of the training: all of its conversions take thresholds from it. */
  const ranges = new Map<string, Promise<ActivationRange>>();
  for (const cell of chosen) {
    for (const split of splits) {
      if (existsSync(resultFile(folder, cell, split))) continue;
      const checkpoint = readCheckpoint(await trained(folder, settings, cell.training, { ...options, threads }));
      const source = { data: expandHome(settings.data), threads, stage: options.stage };
      const { name } = cell.training;
      const rangeOf = (): Promise<ActivationRange> => {
        const range = ranges.get(name) ?? measureRange(checkpoint, source);
        ranges.set(name, range);
        return range;
      };
      const model = join(folder, `${cell.name}.spkw`);
      const result = await measureCell(checkpoint, cell.form, model, rangeOf, { ...source, split });
      writeFileAtomically(resultFile(folder, cell, split), `${JSON.stringify(result, null, 2)}\n`);
      writeReport(folder, settings, all);
      options.onCell?.(cell, result);
    }
  }
  return writeReport(folder, settings, all);
}

const resultFile = (folder: string, { name }: Cell, split: Split): string => join(folder, `${name}.${split}.json`);

/** Trains a network, continues its training, or finds it trained; returns the checkpoint of its best epoch. */
async function trained(
  folder: string,
  settings: AblationSettings,
  training: CellTraining,
  options: AblationOptions & { readonly threads: number },
): Promise<string> {
  const path = join(folder, training.name);
  const begun = existsSync(join(path, 'config.json')) ? RunFolder.open(path) : null;
  if (begun !== null && begun.run.readLog().length === settings.epochs) return begun.run.file('best');
  const config = begun?.config ?? configOf(settings, training);
  const run = begun?.run ?? RunFolder.create(path, config);
  options.onTraining?.(training);
  const { threads, torch, stage, onTorch, onEpoch } = options;
  const { checkpoint } = await trainRun({ ...config, data: settings.data }, run, {
    ...{ threads, torch, stage, onTorch, onEpoch },
  });
  return checkpoint;
}

/** Returns the configuration of a training: that of `train` with the same options, but for the width. */
function configOf(
  { data, task, preset, epochs, share, batchSize }: AblationSettings,
  { neuron, timesteps, width, seed }: CellTraining,
): TrainingConfig {
  const config = configureTraining({ data, task, preset, epochs, share, batchSize, neuron, timesteps, seed }, null);
  return { ...config, network: withWidth(config.network, width) };
}

function writeReport(folder: string, settings: AblationSettings, cells: readonly Cell[]): AblationReport {
  const results = (split: Split) =>
    cells.flatMap((cell) => {
      const file = resultFile(folder, cell, split);
      return existsSync(file) ? [{ cell, result: readResult(file) }] : [];
    });
  const report = reportOf(settings, cells, { validation: results('validation'), testing: results('testing') });
  writeFileAtomically(join(folder, ABLATION_FILES.json), `${JSON.stringify(report, null, 2)}\n`);
  writeFileAtomically(join(folder, ABLATION_FILES.table), markdownText(report));
  writeFileAtomically(join(folder, ABLATION_FILES.picture), ablationPicture(report));
  return report;
}

function readResult(file: string): Measurement {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Measurement;
  } catch (cause) {
    throw new RunError(`${file}: is not JSON: ${(cause as Error).message}; delete it to measure the cell again`, {
      cause,
    });
  }
}

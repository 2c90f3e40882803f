import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BoardError, PortLostError } from '../../host/core/error.js';
import { BoardClient } from '../../host/core/protocol/index.js';
import { type Cut, type NativeOptions, startNative, streamOf } from '../native/index.js';
import { hasTornSlot, install, type TrialModel, whatRuns } from './trial-models.js';

/** The work during which the power is cut. */
export type Work = (client: BoardClient) => Promise<unknown>;

/** A change of model that must happen completely or not at all. */
export interface Change {
  /** The models that run before and after. */
  readonly old: TrialModel;
  readonly next: TrialModel;
  /** Prepares a board with empty flash for `work`. */
  readonly prepare: Work;
  readonly work: Work;
}

/** From one model to the next. */
export function updateOf(old: TrialModel, next: TrialModel): Change {
  return { old, next, prepare: (client) => install(client, old), work: (client) => install(client, next) };
}

/** From the newer of two models back to the older. */
export function rollbackOf(older: TrialModel, newer: TrialModel): Change {
  return {
    old: newer,
    next: older,
    prepare: async (client) => {
      await install(client, older);
      await install(client, newer);
    },
    work: (client) => client.rollback(),
  };
}

export interface CutReport {
  /** Flash operations of the work. */
  operations: number;
  cuts: number;
  /** Number of cuts after which the old model ran, and after which the new one ran. */
  old: number;
  new: number;
  /** The violations, one per line. */
  readonly violations: string[];
}

type Geometry = Pick<NativeOptions, 'slotBytes' | 'sectorBytes' | 'programBytes'>;

async function onBoard<T>(executable: string, options: NativeOptions, work: (client: BoardClient) => Promise<T>) {
  const board = startNative(executable, options);
  const client = new BoardClient(streamOf('native board', board.port, board.stop));
  try {
    await client.hello();
    return await work(client);
  } catch (error) {
    if (board.stderr() !== '') throw new Error(board.stderr(), { cause: error });
    throw error;
  } finally {
    await client.close();
  }
}

/** Returns every moment at which the power can be cut within this number of operations. */
function moments(operations: number, seeds: number): Cut[] {
  return Array.from({ length: operations }, (_, operation): Cut[] => [
    { operation, when: 'before', seed: 0 },
    ...Array.from({ length: seeds }, (_, k): Cut => ({ operation, when: 'half', seed: 7919 * operation + k + 1 })),
    { operation, when: 'after', seed: 0 },
  ]).flat();
}

/** Whether at the cut the last flash operation of a change was still ahead, unfinished or done. */
export type Progress = 'ahead' | 'begun' | 'done';

/** Adds to the report which model runs on a board booted after a cut, and any violations. */
export async function judgeBoot(
  client: BoardClient,
  { old, next }: Change,
  report: CutReport,
  within: string,
  lastOperation: Progress,
) {
  const hello = await client.hello();
  const runs = await whatRuns(client, hello, [old, next]);
  if (runs === old) report.old += 1;
  if (runs === next) report.new += 1;
  if (runs === null) report.violations.push(`${within}: neither model runs whole`);
  if (runs === old && lastOperation === 'done')
    report.violations.push(`${within}: the old model runs after all was done`);
  if (runs === next && lastOperation === 'ahead')
    report.violations.push(`${within}: the new model runs before the last operation`);
  // an unfinished erase may leave header and records until last
  if (!within.includes('erase') && hasTornSlot(hello)) {
    report.violations.push(`${within}: committed before it was whole`);
  }
  await install(client, old);
  if ((await whatRuns(client, await client.hello(), [old])) === null) {
    report.violations.push(`${within}: the next update does not run`);
  }
}

/**
 * Cuts the power of a native board at every flash operation of a change: before it, with half of it done (`seeds`
 * times, each time another half), and after it. After each cut the board is booted, must run the old or the new model
 * whole, and must still be able to take a model. With `untilViolation` the first fault is enough.
 */
export async function cutEverywhere(
  executable: string,
  geometry: Geometry,
  change: Change,
  { seeds, untilViolation = false }: { readonly seeds: number; readonly untilViolation?: boolean },
): Promise<CutReport> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-power-'));
  const prepared = join(folder, 'prepared');
  const flash = join(folder, 'flash');
  const flashLog = join(folder, 'log');
  const report: CutReport = { operations: 0, cuts: 0, old: 0, new: 0, violations: [] };
  try {
    await onBoard(executable, { ...geometry, flash: prepared }, change.prepare);
    copyFileSync(prepared, flash);
    await onBoard(executable, { ...geometry, flash, flashLog }, change.work);
    const kinds = readFileSync(flashLog, 'utf8').trim().split('\n');
    report.operations = kinds.length;
    for (const cut of moments(kinds.length, seeds)) {
      if (untilViolation && report.violations.length > 0) break;
      const within = `${cut.when} operation ${cut.operation} (${kinds[cut.operation]}), seed ${cut.seed}`;
      copyFileSync(prepared, flash);
      try {
        await onBoard(executable, { ...geometry, flash, cut }, change.work);
        report.violations.push(`${within}: the power was not cut`);
      } catch (error) {
        if (!(error instanceof PortLostError)) throw error;
      }
      report.cuts += 1;
      try {
        const last = cut.operation === kinds.length - 1;
        const progress = !last || cut.when === 'before' ? 'ahead' : cut.when === 'half' ? 'begun' : 'done';
        await onBoard(executable, { ...geometry, flash }, (client) =>
          judgeBoot(client, change, report, within, progress),
        );
      } catch (error) {
        if (!(error instanceof BoardError)) throw error;
        report.violations.push(`${within}: ${error.message}`);
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  return report;
}

import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { applicationSources, type Board, buildFirmware, type Firmware, firmwarePath } from '../../host/boards/index.js';
import { BoardError } from '../../host/core/error.js';
import { Random } from '../../host/core/random.js';
import { type EmulatedBoard, onEmulatedBoard } from './emulated-board.js';
import { GdbStub } from './gdb-stub.js';
import { type Change, type CutReport, judgeBoot, type Progress } from './power-cut.js';

/** The functions in which every change of flash begins. */
const FLASH_FUNCTIONS = ['hal_flash_erase', 'hal_flash_program'];

/** Builds the firmware of a board with replaced texts for some files of firmware-bridge. */
export async function buildPatched(board: Board, patches: Readonly<Record<string, string>>): Promise<Firmware> {
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-patched-'));
  try {
    cpSync(firmwarePath(''), folder, { recursive: true });
    for (const [path, text] of Object.entries(patches)) writeFileSync(join(folder, path), text);
    const application = applicationSources().map((path) => join(folder, path.slice(firmwarePath('').length)));
    return await buildFirmware(board, { application });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Returns the model area before every flash operation of the work, and after the last one. QEMU stops at the first
 * instruction of each operation, when all earlier ones are written. The file then has the content after a power cut.
 */
async function recordFlash(board: EmulatedBoard, firmware: Firmware, work: Change['work']): Promise<Buffer[]> {
  const places = FLASH_FUNCTIONS.map((name) => {
    const address = firmware.symbols.get(name);
    if (address === undefined) throw new Error(`${name} is not in the firmware`);
    // the lowest bit of a Thumb function's address only marks Thumb code
    return address - (address % 2);
  });
  const images: Buffer[] = [];
  let done = false;
  const stub = await GdbStub.connect(board.gdbSocket);
  const record = async (): Promise<void> => {
    for (const place of places) await stub.setBreakpoint(place);
    stub.go();
    while (await stub.stopped()) {
      images.push(board.area());
      if (done) return;
      for (const place of places) await stub.clearBreakpoint(place);
      await stub.step();
      for (const place of places) await stub.setBreakpoint(place);
      stub.go();
    }
  };
  const recorded = record();
  await Promise.race([work(board.client), recorded.then(() => Promise.reject(new Error('the GDB stub is gone')))]);
  // serial flash is written to the file with a delay; a stopped machine has written all of it
  done = true;
  stub.interrupt();
  await recorded;
  stub.close();
  return images;
}

/** Returns a mixture of two successive states of flash: random single bits, or all bytes up to some position. */
function half(before: Buffer, after: Buffer, random: Random): Buffer {
  const changed: number[] = [];
  for (let k = 0; k < before.length; k++) if (before[k] !== after[k]) changed.push(k);
  const mixed = Buffer.from(before);
  const inOrder = random.below(2) === 0;
  const reached = random.below(changed.length + 1);
  changed.forEach((k, index) => {
    const bits = inOrder ? (index < reached ? 0xff : 0) : random.below(256);
    mixed[k] = (before[k] & ~bits) | (after[k] & bits);
  });
  return mixed;
}

/** Returns whether a bit became 1, as in an erase. */
function sets(before: Buffer, after: Buffer): boolean {
  for (let k = 0; k < before.length; k++) if ((after[k] & ~before[k]) !== 0) return true;
  return false;
}

export interface Moment {
  readonly within: string;
  readonly image: Buffer;
  readonly lastOperation: Progress;
}

/** Yields what flash may contain after a power cut, for every operation that leads from one image to the next. */
export function* moments(images: readonly Buffer[], seeds: number, every: number): Generator<Moment> {
  for (let k = 0; k + 1 < images.length; k++) {
    const [before, after] = [images[k], images[k + 1]];
    const last = k + 2 === images.length;
    if (!last && k % every !== 0) continue;
    const name = `operation ${k} (${sets(before, after) ? 'erase' : 'program'})`;
    yield { within: `before ${name}`, image: before, lastOperation: 'ahead' };
    if (before.equals(after)) continue;
    for (let seed = 0; seed < seeds; seed++) {
      const image = half(before, after, new Random(seed, k));
      yield { within: `half ${name}, seed ${seed}`, image, lastOperation: last ? 'begun' : 'ahead' };
    }
  }
  yield { within: 'behind the last operation', image: images[images.length - 1], lastOperation: 'done' };
}

/**
 * `cutEverywhere` on an emulated board: one run of the work gives the flash at every operation, and each such state,
 * and `seeds` mixtures of it with the next, is booted and judged. With `every` n, only one operation in n is.
 */
export async function cutEmulated(
  board: Board,
  firmware: Firmware,
  change: Change,
  {
    seeds,
    every = 1,
    untilViolation = false,
    onCut,
  }: {
    readonly seeds: number;
    readonly every?: number;
    readonly untilViolation?: boolean;
    readonly onCut?: (report: CutReport) => void;
  },
): Promise<CutReport> {
  const report: CutReport = { operations: 0, cuts: 0, old: 0, new: 0, violations: [] };
  const prepared = await onEmulatedBoard(board, firmware, null, async (emulated) => {
    await change.prepare(emulated.client);
    const stub = await GdbStub.connect(emulated.gdbSocket);
    await stub.atRest();
    const area = emulated.area();
    stub.close();
    return area;
  });
  const images = await onEmulatedBoard(board, firmware, prepared, (emulated) =>
    recordFlash(emulated, firmware, change.work),
  );
  report.operations = images.length - 1;
  for (const { within, image, lastOperation } of moments(images, seeds, every)) {
    if (untilViolation && report.violations.length > 0) break;
    report.cuts += 1;
    try {
      await onEmulatedBoard(board, firmware, image, ({ client }) =>
        judgeBoot(client, change, report, within, lastOperation),
      );
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      report.violations.push(`${within}: ${error.message}`);
    }
    onCut?.(report);
  }
  return report;
}

import type { Firmware } from '../../host/boards/index.js';
import { BoardError } from '../../host/core/error.js';
import { startPico } from '../board/pico-machine.js';
import { moments } from './emulated-power-cut.js';
import { type Change, type CutReport, judgeBoot } from './power-cut.js';

/**
 * `cutEmulated` on an emulated Pico, which runs in this process: one run of the work gives the flash after every
 * operation; each such state, and `seeds` mixtures of it with the next, is booted and judged.
 */
export async function cutPico(
  firmware: Firmware,
  change: Change,
  { seeds, untilViolation = false }: { readonly seeds: number; readonly untilViolation?: boolean },
): Promise<CutReport> {
  const report: CutReport = { operations: 0, cuts: 0, old: 0, new: 0, violations: [] };
  const first = await startPico(firmware);
  await change.prepare(first.client);
  first.stop();
  const images = [Buffer.from(first.area)];
  const working = await startPico(firmware, {
    area: images[0],
    changed: () => void images.push(Buffer.from(working.area)),
  });
  await change.work(working.client);
  working.stop();
  report.operations = images.length - 1;
  for (const { within, image, lastOperation } of moments(images, seeds, 1)) {
    if (untilViolation && report.violations.length > 0) break;
    report.cuts += 1;
    const { client, stop } = await startPico(firmware, { area: image });
    try {
      await judgeBoot(client, change, report, within, lastOperation);
    } catch (error) {
      if (!(error instanceof BoardError)) throw error;
      report.violations.push(`${within}: ${error.message}`);
    } finally {
      stop();
    }
  }
  return report;
}

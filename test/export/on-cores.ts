// node dist/test/export/on-cores.js [MINUTES] [MODEL]: the library in C listens to speech on the cores of
// microcontrollers, in QEMU. Its detections must be those of the host. Prints what a second of sound takes.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { left, right, textTable } from '../../host/core/text/index.js';
import { defaultModelPath } from '../../host/system/package-files.js';
import { detectedByHost, speech } from '../board/alone.js';
import { exportTo, prepared, scratchFolder } from './compile.js';
import { codeBytes, cores, hearOn } from './cores.js';

const [minutes = '10', path = defaultModelPath()] = process.argv.slice(2);
const model = new Uint8Array(readFileSync(path));
const samples = await speech(60 * Number(minutes));
const expected = detectedByHost(model, samples);
const scratch = scratchFolder();
try {
  const folder = await exportTo('c', [prepared(model, 'model')], scratch);
  const rows: { core: string; perSecond: number; longest: number; init: number; stack: number; code: number }[] = [];
  for (const core of cores) {
    const heard = await hearOn(core, folder, 'model', samples, 3_600_000);
    assert.deepEqual(heard.said, ['init', 'all stages are equal']);
    assert.deepEqual(
      heard.detections,
      expected.map(({ label, score, sample }) => [label, Math.round(score * 65_535), sample]),
    );
    const perSecond = heard.instructions / (60 * Number(minutes));
    rows.push({
      core,
      perSecond,
      longest: heard.longest,
      init: heard.init,
      code: await codeBytes(core, folder),
      stack: heard.stack,
    });
    console.error(`${core}: the same ${expected.length} detections`);
  }
  const millions = (instructions: number): string => (instructions / 1e6).toFixed(2);
  type Row = (typeof rows)[number];
  console.log(
    textTable(rows, [
      left<Row>('core', ({ core }) => core),
      right<Row>('instructions/s, M', ({ perSecond }) => millions(perSecond)),
      right<Row>('longest call', (row) => millions(row.longest)),
      right<Row>('init', ({ init }) => millions(init)),
      right<Row>('code', ({ code }) => code),
      right<Row>('stack', ({ stack }) => stack),
    ]).join('\n'),
  );
} finally {
  rmSync(scratch, { recursive: true });
}

// node dist/test/export/in-runtimes.js [SECONDS] [MODEL]: the module for any runtime listens to speech in runtimes on a
// Cortex-M4, in QEMU, and the library in C beside them. Scores, spikes and detections must be those of the host. Prints
// what it takes.
import assert from 'node:assert/strict';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { left, right, textTable } from '../../host/core/text/index.js';
import { defaultModelPath } from '../../host/system/package-files.js';
import { speech } from '../board/alone.js';
import { exportTo, prepared, scratchFolder } from './compile.js';
import { codeBytes, hearOn } from './cores.js';
import { comparable, flashBytes, heardByKernel, hearInRuntime, runtimes } from './runtimes-on-core.js';

const [seconds = '30', path = defaultModelPath()] = process.argv.slice(2);
const model = new Uint8Array(readFileSync(path));
const samples = await speech(Number(seconds));
const expected = heardByKernel(model, samples);
const scratch = scratchFolder();

interface Row {
  readonly runtime: string;
  readonly perSecond: number;
  readonly inference: number;
  readonly longest: number;
  /** All RAM without the stack of the processor, and the linear memory in it. */
  readonly ram: number;
  readonly linear: number | null;
  /** The stack in it. */
  readonly ownStack: number | null;
  /** The stack of the processor. */
  readonly stack: number;
  readonly flash: number;
}

const rows: Row[] = [];
try {
  const files = await exportTo('c', [prepared(model, 'model')], scratch);
  const c = await hearOn('Cortex-M4', files, 'model', samples, 3_600_000);
  assert.deepEqual(c.detections, expected.detections);
  rows.push({
    runtime: 'library in C',
    perSecond: c.instructions / Number(seconds),
    inference: c.inference,
    longest: c.longest,
    ram: prepared(model, 'model').ramBytes + 1024,
    linear: null,
    ownStack: null,
    stack: c.stack,
    flash: await codeBytes('Cortex-M4', files),
  });
  const folder = await exportTo('wasm', [prepared(model, 'model')], join(scratch, 'wasm'));
  for (const runtime of runtimes) {
    for (const form of runtime === 'wasm3' ? [''] : ['', '_bulk']) {
      const module = new Uint8Array(readFileSync(join(folder, `spikeword_model${form}.wasm`)));
      const heard = await hearInRuntime(runtime, module, samples, 3_600_000);
      assert.deepEqual(comparable(heard), expected);
      console.error(`${runtime}${form}: the same ${expected.detections.length} detections, scores and spikes`);
      rows.push({
        runtime: `${runtime}${form.replace('_', ', ')}`,
        perSecond: heard.instructions / Number(seconds),
        inference: heard.inference,
        longest: heard.longest,
        ram: heard.heap,
        linear: heard.linear,
        ownStack: heard.runtimeStack,
        stack: heard.stack,
        flash: await flashBytes(runtime),
      });
    }
  }
  const millions = (instructions: number): string => (instructions / 1e6).toFixed(2);
  console.log(
    textTable(rows, [
      left<Row>('runtime', ({ runtime }) => runtime),
      right<Row>('instructions/s, M', ({ perSecond }) => millions(perSecond)),
      right<Row>('per inference', ({ inference }) => millions(inference)),
      right<Row>('longest call', ({ longest }) => millions(longest)),
      right<Row>('RAM', ({ ram }) => ram),
      right<Row>('of it linear', ({ linear }) => linear ?? '–'),
      right<Row>('own stack', ({ ownStack }) => ownStack ?? '–'),
      right<Row>('stack', ({ stack }) => stack),
      right<Row>('flash', ({ flash }) => flash),
    ]).join('\n'),
  );
} finally {
  rmSync(scratch, { recursive: true });
}

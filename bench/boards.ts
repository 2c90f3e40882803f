// Measures the cost of the kernel on every emulated board: bytes, and instructions as QEMU counts them. Measures the
// firmware that users get, and compares it with a dense build of the same arithmetic and with plain C.
// npm run bench:boards [-- --json] [--boards NAME,…] [--models PATH|PRESET,…]
import { parseArgs } from 'node:util';
import { type Board, boards, buildFirmware, findBoard } from '../host/boards/index.js';
import { decodeModel } from '../host/core/model/index.js';
import { left, right, textTable } from '../host/core/text/table.js';
import { readModel } from '../host/model/index.js';
import { packagePath, wasmBytes } from '../host/system/package-files.js';
import { benchClips } from './boards/clips.js';
import { measure } from './boards/measure.js';
import { withNativeKernel } from './boards/native-kernel.js';
import { randomModel } from './boards/random-model.js';
import type { BoardRow } from './boards/row.js';
import { TARGET_BOARD, TARGET_MODEL, targetLines } from './boards/targets.js';

const { values } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    boards: { type: 'string', default: boards.map(({ name }) => name).join(',') },
    models: { type: 'string', default: `${TARGET_MODEL},tiny,listen` },
  },
});
const chosen = values.boards.split(',').map(findBoard);

const clips = await benchClips();
const samples = clips.map((clip) => clip.samples);
const models = await Promise.all(
  values.models
    .split(',')
    .map(async (name) =>
      name.endsWith('.spkw')
        ? { name, bytes: readModel(packagePath(name)).bytes }
        : { name: `random ${name}`, bytes: await randomModel(name, samples) },
    ),
);

/** The dense build takes a hundred million instructions per clip, the same for every clip. */
const DENSE_CLIPS = 1;

const ratio = (a: number, b: number): number => Number((a / b).toFixed(2));
const times = (n: number | null): string => (n === null ? '–' : `${n.toFixed(2)} ×`);

async function rowsOf(board: Board, native: readonly string[]): Promise<BoardRow[]> {
  const firmware = await buildFirmware(board);
  const dense = await buildFirmware(board, { wasm: wasmBytes('kernel-dense') });
  const plain = await buildFirmware(board, { kernel: native });
  const rows: BoardRow[] = [];
  for (const { name, bytes } of models) {
    console.error(`${board.name}, ${name}`);
    const measured = await measure(board, firmware, bytes, samples);
    const few = samples.slice(0, DENSE_CLIPS);
    const [sparsely, densely] = [await measure(board, firmware, bytes, few), await measure(board, dense, bytes, few)];
    const listens = decodeModel(bytes, name).spec.padding === 'valid';
    const natively = listens ? null : await measure(board, plain, bytes, samples);
    const { instructionsPerInference, instructionsPerFrame, synapticOperations } = measured;
    const { instructionsPerSecondListening } = measured;
    rows.push({
      board: board.name,
      model: name,
      firmwareBytes: firmware.textBytes + firmware.dataBytes,
      textBytes: firmware.textBytes,
      dataBytes: firmware.dataBytes,
      modelBytes: bytes.length,
      ramBytes: measured.ramBytes,
      kernelRamBytes: measured.kernelRamBytes,
      stackBytes: measured.stackBytes,
      instructionsPerInference: Math.round(instructionsPerInference),
      instructionsPerFrame: Math.round(instructionsPerFrame),
      synapticOperations: Math.round(synapticOperations),
      instructionsPerSecondListening: Math.round(instructionsPerSecondListening),
      instructionsPerSynapticOperation: Number((instructionsPerInference / synapticOperations).toFixed(2)),
      denseRatio: Number((densely.instructionsPerInference / sparsely.instructionsPerInference).toFixed(1)),
      nativeRatio: natively && ratio(instructionsPerInference, natively.instructionsPerInference),
      nativeFrameRatio: natively && ratio(instructionsPerFrame, natively.instructionsPerFrame),
    });
  }
  return rows;
}

const rows = await withNativeKernel(async (native) => {
  const all: BoardRow[] = [];
  for (const board of chosen) all.push(...(await rowsOf(board, native)));
  return all;
});

const whole = (n: number): string => n.toLocaleString('en-US');

if (values.json) {
  console.log(JSON.stringify({ clips: clips.map(({ name }) => name), rows }));
} else {
  const table = textTable<BoardRow>(rows, [
    left('board', (row) => row.board),
    left('model', (row) => row.model),
    right('text', (row) => whole(row.textBytes)),
    right('data', (row) => whole(row.dataBytes)),
    right('model', (row) => whole(row.modelBytes)),
    right('RAM', (row) => whole(row.ramBytes)),
    right('stack', (row) => whole(row.stackBytes)),
    right('per inference', (row) => whole(row.instructionsPerInference)),
    right('per frame', (row) => whole(row.instructionsPerFrame)),
    right('per second', (row) => whole(row.instructionsPerSecondListening)),
    right('per op', (row) => row.instructionsPerSynapticOperation.toFixed(2)),
    right('dense', (row) => `${row.denseRatio.toFixed(1)} ×`),
    right('plain C', (row) => times(row.nativeRatio)),
    right('frame', (row) => times(row.nativeFrameRatio)),
  ]);
  console.log(table.join('\n'));
  console.log(`\nMeans of ${clips.map(({ name }) => name).join(', ')}; bytes and instructions.`);
  const target = rows.find(({ board, model }) => board === TARGET_BOARD && model === TARGET_MODEL);
  if (target !== undefined) console.log(`\n${TARGET_BOARD}, ${TARGET_MODEL}\n${targetLines(target).join('\n')}`);
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type Board, buildFirmware, type Firmware, findBoard } from '../../host/boards/index.js';
import { openKernel } from '../../host/model/index.js';
import { packagePath } from '../../host/system/package-files.js';
import { numbersIn, runOnBoard } from './cores.js';

const RUNTIMES = packagePath('dist/runtimes');
const PROGRAMS = packagePath('test/export/programs');
/** RAM that malloc has, in bytes: more than any runtime needs, because it is measured. */
const HEAP_BYTES = 1_500_000;
/** Of the processor, which interpreters use too. */
const STACK_BYTES = 16_384;

interface Source {
  readonly program: string;
  readonly library: string | undefined;
  readonly defines: Readonly<Record<string, string>>;
}

const wamr = (interpreter: string, copyCode: boolean): Source => ({
  program: 'runtime-wamr.c',
  library: `libwamr-${interpreter}-m4.a`,
  defines: {
    WAMR_HEADER: `"${join(RUNTIMES, 'wamr-sys-0.1.1/wasm-micro-runtime/core/iwasm/include/wasm_export.h')}"`,
    COPY_CODE: copyCode ? '1' : '0',
  },
});

/** As in setup-runtimes.sh: the header depends on them. */
const WASM3_LIMITS = {
  ARDUINO: '1',
  d_m3HasFloat: '0',
  d_m3MaxFunctionStackHeight: '80',
  d_m3MaxFunctionSlots: '160',
} as const;

/** Runtimes as they are linked into a program for a Cortex-M4. The fast interpreter of WAMR writes code of its own. */
const SOURCES = {
  wasm3: {
    program: 'runtime-wasm3.c',
    library: 'libwasm3-m4.a',
    defines: { WASM3_HEADER: `"${join(RUNTIMES, 'wasm3-sys-0.3.0/wasm3/source/m3_env.h')}"`, ...WASM3_LIMITS },
  },
  'WAMR, classic': wamr('classic', true),
  'WAMR, fast': wamr('fast', false),
} as const satisfies Record<string, Source>;
const NONE: Source = { program: 'runtime-none.c', library: undefined, defines: {} };

export type Runtime = keyof typeof SOURCES;
export const runtimes = Object.keys(SOURCES) as Runtime[];

/** Why runtimes cannot run on a board here, for `skip`; false if they can. */
export const skipRuntimesOnCore =
  !existsSync(join(RUNTIMES, 'libm-m4.a')) && `${RUNTIMES} has no runtimes for a Cortex-M4; npm run setup:runtimes`;

/** What a module does in a runtime on a Cortex-M4, and what it takes. */
export interface HeardInRuntime {
  readonly selfTest: number;
  /** word, score of 65,535, samples */
  readonly detections: readonly (readonly number[])[];
  /** FNV-1a of the scores and of the spikes of each layer, of all inferences. */
  readonly heard: number;
  /** Instructions of all calls, of the longest call, of the longest inference, and of loading the module. */
  readonly instructions: number;
  readonly longest: number;
  readonly inference: number;
  readonly load: number;
  /** Bytes of linear memory, of all memory that malloc took, of the runtime's stack and of the processor's. */
  readonly linear: number;
  readonly heap: number;
  readonly runtimeStack: number;
  readonly stack: number;
  /** Whether the module is as it was before it was loaded. */
  readonly unchanged: boolean;
}

function boardOf(runtime: string): Board {
  const known = findBoard('mps2-an386');
  const linkerScript = '../../test/export/programs/mps2-runtime.ld';
  return { ...known, name: `${known.name}-${runtime.replace(', ', '-')}`, linkerScript, stackBytes: STACK_BYTES };
}

function build(board: Board, { program, library, defines }: Source): Promise<Firmware> {
  return buildFirmware(board, {
    application: ['on-runtime.c', program].map((file) => join(PROGRAMS, file)),
    libraries: library === undefined ? [] : [library, 'libm-m4.a'].map((file) => join(RUNTIMES, file)),
    kernel: [],
    defines: { ...defines, HEAP_BYTES: String(HEAP_BYTES) },
  });
}

/** Bytes of program memory that a runtime takes, with what it needs of the C library. */
export async function flashBytes(runtime: Runtime): Promise<number> {
  const [own, none] = await Promise.all([build(boardOf(runtime), SOURCES[runtime]), build(boardOf('none'), NONE)]);
  return own.textBytes + own.dataBytes - none.textBytes - none.dataBytes;
}

/** Loads a module in a runtime on a Cortex-M4, as if it stood in flash, and lets it hear samples. */
export async function hearInRuntime(
  runtime: Runtime,
  module: Uint8Array,
  samples: Int16Array,
  timeoutMs = 300_000,
): Promise<HeardInRuntime> {
  const board = boardOf(runtime);
  const firmware = await build(board, SOURCES[runtime]);
  const padded = new Uint8Array(Math.ceil(module.length / 4) * 4);
  padded.set(module);
  const content = [Uint32Array.of(module.length, samples.length), padded, samples].map(
    ({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength),
  );
  const lines = await runOnBoard(board, firmware, Buffer.concat(content), timeoutMs);
  const wrong = lines.find((line) => line.startsWith('wrong '));
  if (wrong !== undefined) throw new Error(`${runtime}: ${wrong.slice(6)}`);
  const [[selfTest]] = numbersIn(lines, 'test');
  const [[heard]] = numbersIn(lines, 'heard');
  const [[instructions, longest, inference, load]] = numbersIn(lines, 'spent');
  const [[linear, heap, runtimeStack, stack]] = numbersIn(lines, 'memory');
  const [[unchanged]] = numbersIn(lines, 'module');
  return {
    selfTest,
    detections: numbersIn(lines, 'word'),
    heard,
    instructions,
    longest,
    inference,
    load,
    linear,
    heap,
    runtimeStack,
    stack,
    unchanged: unchanged === 1,
  };
}

function fnv1a(before: number, { buffer, byteOffset, byteLength }: ArrayBufferView): number {
  const bytes = new Uint8Array(buffer, byteOffset, byteLength);
  return bytes.reduce((hash, byte) => Math.imul(hash ^ byte, 16_777_619) >>> 0, before);
}

/** What the host's kernel hears in the samples, as `HeardInRuntime` has it. */
export function heardByKernel(
  model: Uint8Array,
  samples: Int16Array,
): Pick<HeardInRuntime, 'detections' | 'heard' | 'selfTest'> {
  const kernel = openKernel(model);
  kernel.beginStream();
  const detections: number[][] = [];
  let heard = 2_166_136_261;
  for (let at = 0, piece = 192; at + piece <= samples.length; piece = 320) {
    const result = kernel.listen(samples.subarray(at, at + piece));
    at += piece;
    if (result === null) continue;
    heard = fnv1a(fnv1a(heard, result.scores), result.spikes);
    const { detected } = kernel;
    if (detected !== null) detections.push([detected.label, Math.round(detected.score * 65_535), at]);
  }
  return { detections, heard, selfTest: 0 };
}

/** The part of what was heard that the host's kernel says too. */
export function comparable({ detections, heard, selfTest }: HeardInRuntime): ReturnType<typeof heardByKernel> {
  return { detections, heard, selfTest };
}

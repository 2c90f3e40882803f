import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { createInterface } from 'node:readline';
import { FIRST_FRAME_SAMPLES, HOP_SAMPLES, SAMPLE_RATE_HZ } from '../host/core/audio/index.js';
import { type Detection, StreamDetector } from '../host/core/detection/index.js';
import { encodeWav } from '../host/core/wav/index.js';
import { openKernel } from '../host/model/index.js';
import { packagePath } from '../host/system/package-files.js';

/** How the detections of a looped recording differ from round to round. */
export interface Rounds {
  /** Shift of the first detection within its round, from the first whole round to the last round with detections. */
  readonly driftSamples: number;
  /** Rounds whose words or times of detections are not exactly those of the first whole round. */
  readonly differingRounds: number;
}

/** The results of a looped recording in front end and detector. */
export interface Endurance extends Rounds {
  readonly hours: number;
  readonly wallSeconds: number;
  /** Frames that the front end completed, and the number of frames in its samples. */
  readonly frames: number;
  readonly framesExpected: number;
  /** Resident memory after each tenth of the time, after garbage collection if --expose-gc allows it. */
  readonly rssMiB: readonly number[];
}

/** The results of a looped recording in `spikeword listen`. */
export interface CommandEndurance extends Rounds {
  readonly wallSeconds: number;
  /** Seconds of sound that the command reports. */
  readonly heardSeconds: number;
  readonly detections: number;
  /** Resident memory of its process in the middle of each tenth of the time, as `ps` reports it. */
  readonly rssMiB: readonly number[];
}

/** Detects often, so that there is much to compare. */
const POINT = { averageMs: 240, threshold: 0.4, minimumCount: 1, suppressionMs: 500 };
const POINT_OPTIONS = [
  ...['--average', POINT.averageMs, '--threshold', POINT.threshold],
  ...['--count', POINT.minimumCount, '--suppression', POINT.suppressionMs],
].map(String);
/** A whole number of hops of 20, 40 or 80 ms, so that every round has the same frames. */
const ROUND_SAMPLES = 1280;
const PIECE_SAMPLES = 1000;

const wholeHops = (recording: Int16Array): Int16Array =>
  recording.subarray(0, Math.floor(recording.length / ROUND_SAMPLES) * ROUND_SAMPLES);

/** Compares all whole rounds with the second one, because no sound comes before the first. */
function compareRounds(detections: readonly Detection[], round: number, total: number): Rounds {
  const rounds = Array.from({ length: Math.floor(total / round) }, (): [string, number][] => []);
  for (const { word, sample } of detections) {
    const k = Math.ceil(sample / round) - 1;
    rounds[k]?.push([word, sample - k * round]);
  }
  const [, first = [], ...later] = rounds;
  const last = later.findLast((heard) => heard.length > 0);
  return {
    driftSamples: last === undefined || first.length === 0 ? 0 : last[0][1] - first[0][1],
    differingRounds: later.filter((heard) => JSON.stringify(heard) !== JSON.stringify(first)).length,
  };
}

/** Loops a recording through front end and detector for `seconds` of sound, as fast as possible. */
export function endure(model: Uint8Array, recording: Int16Array, seconds: number): Endurance {
  const round = wholeHops(recording);
  const kernel = openKernel(model);
  const detector = new StreamDetector(kernel, { point: POINT });
  const total = seconds * SAMPLE_RATE_HZ;
  const rssMiB: number[] = [];
  const detections: Detection[] = [];
  const began = performance.now();
  let pushed = 0;
  while (pushed < total) {
    for (let at = 0; at < round.length && pushed < total; at += PIECE_SAMPLES) {
      const piece = round.subarray(at, Math.min(at + PIECE_SAMPLES, at + total - pushed));
      detections.push(...detector.push(piece));
      pushed += piece.length;
      if (pushed >= (total * (rssMiB.length + 1)) / 10) {
        globalThis.gc?.();
        rssMiB.push(process.memoryUsage().rss / 2 ** 20);
      }
    }
  }
  return {
    hours: seconds / 3600,
    wallSeconds: (performance.now() - began) / 1000,
    frames: kernel.framesReady,
    framesExpected: Math.floor((total - FIRST_FRAME_SAMPLES) / HOP_SAMPLES) + 1,
    ...compareRounds(detections, round.length, total),
    rssMiB,
  };
}

/** Returns the resident memory of a process. Uses `ps`, which is the same on every Unix. */
function residentMiB(processId: number): number {
  return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(processId)], { encoding: 'utf8' })) / 1024;
}

/** Does the same with `spikeword listen --loop` in its own process, and reads the detections from its output. */
export async function endureCommand(
  modelPath: string,
  recording: Int16Array,
  seconds: number,
): Promise<CommandEndurance> {
  const round = wholeHops(recording);
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-endurance-'));
  try {
    const wav = join(folder, 'round.wav');
    writeFileSync(wav, encodeWav(round));
    const args = ['listen', modelPath, ...['--wav', wav, '--loop'], ...['--seconds', `${seconds}`, '--json']];
    const began = performance.now();
    const child = spawn(process.execPath, [packagePath('dist/host/cli/main.js'), ...args, ...POINT_OPTIONS]);
    let told = '';
    child.stderr.on('data', (text) => {
      told += text;
    });
    const closed = new Promise((resolve) => child.once('close', resolve));
    const detections: Detection[] = [];
    const rssMiB: number[] = [];
    for await (const line of createInterface({ input: child.stdout })) {
      const detection = JSON.parse(line) as Detection;
      detections.push(detection);
      const isThere = child.exitCode === null && child.pid !== undefined;
      if (isThere && detection.sample >= ((rssMiB.length + 0.5) / 10) * seconds * SAMPLE_RATE_HZ) {
        rssMiB.push(residentMiB(child.pid));
      }
    }
    const code = await closed;
    const heard = /([\d.]+) s heard/.exec(told);
    if (code !== 0 || heard === null) throw new Error(`spikeword listen ended with ${code}: ${told}`);
    return {
      wallSeconds: (performance.now() - began) / 1000,
      heardSeconds: Number(heard[1]),
      detections: detections.length,
      ...compareRounds(detections, round.length, seconds * SAMPLE_RATE_HZ),
      rssMiB,
    };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

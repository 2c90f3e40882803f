import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Board, emulate, type Firmware } from '../../host/boards/index.js';
import { SAMPLE_RATE_HZ, samplesOfFrames } from '../../host/core/audio/index.js';
import { flashModel } from '../../host/core/board/index.js';
import { operatingPointOf, StreamDetector } from '../../host/core/detection/index.js';
import type { Inference, Kernel } from '../../host/core/kernel/index.js';
import {
  type BoardClient,
  type BoardInference,
  KIND,
  type Patience,
  patienceFor,
} from '../../host/core/protocol/index.js';
import { withBoard } from '../../host/device/index.js';
import { openKernel } from '../../host/model/index.js';

/** Means over the clips, and the statistics of the board after them. */
export interface Measurement {
  readonly instructionsPerInference: number;
  readonly instructionsPerFrame: number;
  readonly synapticOperations: number;
  /** Of a stream, at the model's hop: front end and inferences, per second of sound. */
  readonly instructionsPerSecondListening: number;
  /** RAM of the firmware: variables, the kernel's RAM and the reserved stack. */
  readonly ramBytes: number;
  /** The most bytes of stack in use. */
  readonly stackBytes: number;
  /** Bytes of the kernel's RAM that this model uses. */
  readonly kernelRamBytes: number;
}

interface Counted {
  readonly count: number;
  readonly frontEndCount: number;
  readonly frames: number;
  readonly answer: Inference;
}

/** Waits long, except for HELLO, because the bytes of a repeated request would interrupt the counted work. */
function patient(kind: number): Patience {
  return kind === KIND.hello ? patienceFor(kind) : { waitMs: 60_000, tries: 2 };
}

async function runClip(client: BoardClient, samples: Int16Array): Promise<Counted> {
  await client.sendSamples(samples);
  const { count, frontEndCount, framesComputed, ...answer } = await client.infer();
  const { scores, spikes, synapticOperations, timesteps } = answer;
  return {
    count,
    frontEndCount,
    frames: framesComputed,
    answer: { class: answer.class, scores, spikes, synapticOperations, timesteps },
  };
}

/**
 * Streams the clips to the board, one after the other, and returns the instructions per second of sound from the first
 * result to the last; 0 if there are fewer than two. Throws if the results of board and host differ.
 */
async function listen(client: BoardClient, kernel: Kernel, clips: readonly Int16Array[]): Promise<number> {
  const { hop } = operatingPointOf(kernel.network);
  const answers: Inference[] = [];
  const host = new StreamDetector(kernel, { onInference: ({ inference }) => answers.push(inference) });
  const { samplesAtOnce } = await client.clip('stream', hop);
  const results: BoardInference[] = [];
  let sent = 0;
  for (const clip of clips) {
    host.push(clip);
    for (let at = 0; at < clip.length; at += samplesAtOnce) {
      const piece = clip.subarray(at, at + samplesAtOnce);
      const { result } = await client.samples(sent, piece);
      sent += piece.length;
      if (result !== null) results.push(result);
    }
  }
  assert.equal(results.length, answers.length, 'the board and the host have different numbers of results');
  results.forEach(({ class: winner, scores }, k) => {
    assert.deepEqual([winner, scores], [answers[k].class, answers[k].scores], `result ${k} of board and host differ`);
  });
  if (results.length < 2) return 0;
  const [first, last] = [results[0], results[results.length - 1]];
  const network = results.slice(1).reduce((sum, { count }) => sum + count, 0);
  const seconds = (samplesOfFrames(last.frames) - samplesOfFrames(first.frames)) / SAMPLE_RATE_HZ;
  return (network + last.frontEndCount - first.frontEndCount) / seconds;
}

/** Cycles contain the board's interrupts, which come at any time. Instructions in QEMU are counted without them. */
const MOST_DRIFT = { instructions: 0, cycles: 0.002, none: 0 } as const;

function checkRepeats(name: string, most: number, first: Counted, second: Counted): void {
  const drift = (key: 'count' | 'frontEndCount'): number => Math.abs(second[key] / first[key] - 1);
  const text = `${name}: two runs of the same clip have different counts`;
  assert.ok(drift('count') <= most && drift('frontEndCount') <= most, text);
  assert.deepEqual([second.frames, second.answer], [first.frames, first.answer], text);
}

/**
 * Boots a firmware in its emulator, flashes the model over the serial line and runs each clip (int16 samples) twice.
 * Throws if the two counts of a clip differ, or if the results of board and host differ.
 */
export async function measure(
  board: Board,
  firmware: Firmware,
  model: Uint8Array,
  clips: readonly Int16Array[],
): Promise<Measurement> {
  const scratch = mkdtempSync(join(tmpdir(), 'spikeword-bench-'));
  const emulator = await emulate(board, firmware, { flashFile: join(scratch, 'flash.bin') });
  try {
    return await withBoard({ port: emulator.port, patience: patient }, async (connected) => {
      await flashModel(connected, model);
      const { client, hello } = connected;
      const kernel = openKernel(model);
      const runs: Counted[] = [];
      for (const [k, samples] of clips.entries()) {
        const [first, second] = [await runClip(client, samples), await runClip(client, samples)];
        checkRepeats(`${board.name}, clip ${k}`, MOST_DRIFT[hello.countUnit], first, second);
        assert.deepEqual(
          first.answer,
          kernel.classify(samples),
          `${board.name}, clip ${k}: the board and the host have different results`,
        );
        runs.push(first);
      }
      const instructionsPerSecondListening = await listen(client, openKernel(model), clips);
      const sum = (value: (run: Counted) => number): number => runs.reduce((total, run) => total + value(run), 0);
      const statistics = await client.statistics();
      return {
        instructionsPerInference: sum(({ count }) => count) / runs.length,
        instructionsPerFrame: sum(({ frontEndCount }) => frontEndCount) / sum(({ frames }) => frames),
        synapticOperations: sum(({ answer }) => answer.synapticOperations.reduce((a, b) => a + b)) / runs.length,
        instructionsPerSecondListening,
        ramBytes: hello.ramBytes,
        stackBytes: statistics.stackHighWater,
        kernelRamBytes: statistics.kernelRamUsed,
      };
    });
  } finally {
    await emulator.stop();
    rmSync(scratch, { recursive: true });
  }
}

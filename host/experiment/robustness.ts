import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { SAMPLE_RATE_HZ, samplesOfMs } from '../core/audio/index.js';
import type { Split } from '../core/dataset/index.js';
import { Random } from '../core/random.js';
import { type Stage, staged } from '../core/stage.js';
import { clipsOfSplitText, type Evidence, wilsonInterval } from '../core/statistics/index.js';
import { countText, left, percentText, right, textTable, wrapText } from '../core/text/index.js';
import { augmentSamples, NO_AUGMENTATION, shiftSamples } from '../core/training/index.js';
import { alteredPack, loadNoiseOfSplit, openDataset, type SamplePack } from '../dataset/index.js';
import { agreementOf, kernelActivity, withSplit } from '../evaluation/index.js';
import { classifyPack, modelPath, readModel } from '../model/index.js';
import { EvaluationError, whileUnfinished } from '../system/index.js';

/** What happens to each clip before a model hears it. */
export type Disturbance =
  | { readonly kind: 'none' }
  /** Background noise of the split, at this ratio of the whole clip's power to that of the noise, decibels. */
  | { readonly kind: 'noise'; readonly snrDb: number }
  /** Later by so many milliseconds, or earlier below zero; zeros fill the end that becomes free. */
  | { readonly kind: 'shift'; readonly ms: number };

export interface DisturbanceResult {
  readonly disturbance: Disturbance;
  readonly accuracy: number;
  /** Wilson score interval, 95 %. */
  readonly accuracyInterval: readonly [low: number, high: number];
  /** Unweighted mean over layers. */
  readonly spikesPerNeuron: number;
  /** Per clip. */
  readonly synapticOperations: number;
}

export interface RobustnessReport extends Evidence {
  /** File name of the model. */
  readonly model: string;
  readonly task: string;
  readonly dataset: string;
  readonly split: Split;
  readonly clips: number;
  /** Of the noise that each clip gets. */
  readonly seed: number;
  /** Recordings of background noise. */
  readonly noises: number;
  /** The first is without any disturbance. */
  readonly results: readonly DisturbanceResult[];
}

export interface RobustnessOptions {
  /** Path of a model.spkw or model.wasm, or of a folder with one model. */
  readonly model: string;
  readonly data: string;
  readonly split: Split;
  /** Default: 20, 10, 5 and 0 dB. */
  readonly snrDb?: readonly number[];
  /** Each both earlier and later; default: 100 ms. */
  readonly shiftsMs?: readonly number[];
  readonly seed?: number;
  /** Default: all cores. */
  readonly threads?: number;
  readonly resample?: boolean;
  readonly stage?: Stage;
}

export const ROBUSTNESS_DEFAULTS = { snrDb: [20, 10, 5, 0], shiftsMs: [100], seed: 1 } as const;

/**
 * Runs the kernel on the clips of a split as they are, in background noise, and moved in time. A clip gets the same
 * second of noise at every ratio, from the stretch of the recordings that belongs to the split. Throws what
 * `evaluateModel` throws, and `EvaluationError` if there is no noise for a second of it.
 */
export async function measureRobustness(options: RobustnessOptions): Promise<RobustnessReport> {
  const { data, split, resample, stage } = options;
  const { snrDb, shiftsMs, seed } = { ...ROBUSTNESS_DEFAULTS, ...options };
  const threads = options.threads ?? availableParallelism();
  const model = modelPath(options.model);
  const { content, network } = readModel(model);
  const noises = snrDb.length === 0 ? [] : await loadNoiseOfSplit(openDataset(data), split, { resample });
  if (snrDb.length > 0 && noises.every(({ length }) => length < SAMPLE_RATE_HZ)) {
    throw new EvaluationError(
      `${data}: has no recording of noise with a second for the ${split} split; add some to _background_noise_, or leave noise out with --snr ''`,
    );
  }
  const disturbances: Disturbance[] = [
    { kind: 'none' },
    ...snrDb.map((ratio) => ({ kind: 'noise', snrDb: ratio }) as const),
    ...shiftsMs.flatMap((ms) => [{ kind: 'shift', ms: -ms } as const, { kind: 'shift', ms } as const]),
  ];
  return withSplit(network, { data, split, resample, threads, stage }, async ({ pack, dataset, evidence }) => {
    const results: DisturbanceResult[] = [];
    for (const disturbance of disturbances) {
      const inference = await staged(stage, disturbanceText(disturbance), pack.count, (onProgress) =>
        withDisturbed(pack, disturbance, noises, seed, (disturbed) =>
          classifyPack(content, disturbed, { threads, onProgress }),
        ),
      );
      const accuracy = agreementOf(inference.classes, pack.labels);
      const { spikesPerNeuron, synapticOperations } = kernelActivity(network, inference, pack.count);
      results.push({
        disturbance,
        accuracy,
        accuracyInterval: wilsonInterval(Math.round(accuracy * pack.count), pack.count),
        spikesPerNeuron,
        synapticOperations,
      });
    }
    return {
      ...{ model: basename(model), task: network.provenance.task, dataset, split },
      ...{ clips: pack.count, seed, noises: noises.length, ...evidence, results },
    };
  });
}

/** Calls `work` with the disturbed clips of a pack, which are in a temporary file until it is done. */
async function withDisturbed<T>(
  pack: SamplePack,
  disturbance: Disturbance,
  noises: readonly Int16Array[],
  seed: number,
  work: (disturbed: SamplePack) => Promise<T>,
): Promise<T> {
  if (disturbance.kind === 'none') return work(pack);
  const folder = mkdtempSync(join(tmpdir(), 'spikeword-disturbed-'));
  const mark = whileUnfinished(folder);
  try {
    const disturbed = await alteredPack(pack, join(folder, 'clips.i16'), (samples, clip) =>
      disturb(samples, disturbance, noises, new Random(seed, clip)),
    );
    try {
      return await work(disturbed);
    } finally {
      disturbed.close();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
    mark.done();
  }
}

/**
 * Disturbs one clip in place. Noise keeps its ratio to the whole clip, and samples beyond the int16 range are clipped;
 * clips quieter than −60 dBFS get the noise of one of −60 dBFS, as in training (`augmentSamples`).
 */
export function disturb(
  samples: Int16Array,
  disturbance: Disturbance,
  noises: readonly Int16Array[],
  random: Random,
): void {
  if (disturbance.kind === 'shift') shiftSamples(samples, samplesOfMs(disturbance.ms));
  if (disturbance.kind === 'noise') {
    const { snrDb } = disturbance;
    augmentSamples(samples, { ...NO_AUGMENTATION, noise: 1, snrDb: [snrDb, snrDb] }, noises, SAMPLE_RATE_HZ, random);
  }
}

function disturbanceText(disturbance: Disturbance): string {
  if (disturbance.kind === 'noise') return `noise, ${disturbance.snrDb} dB`;
  if (disturbance.kind === 'shift') return `${Math.abs(disturbance.ms)} ms ${disturbance.ms < 0 ? 'earlier' : 'later'}`;
  return 'as recorded';
}

/** Returns the report as text of at most `columns` characters. */
export function robustnessText(report: RobustnessReport, columns: number): string {
  const { model, task, split, clips, voices, noises, seed, results } = report;
  const [{ accuracy: plain }] = results;
  const title =
    `${model}: ${task}, ${clipsOfSplitText(clips, split, voices)}; ` + `noise from ${noises} recordings, seed ${seed}`;
  const table = textTable(
    results,
    [
      left('clips', ({ disturbance }) => disturbanceText(disturbance)),
      right('accuracy', ({ accuracy }) => percentText(accuracy)),
      right('95 % interval', ({ accuracyInterval: [low, high] }) => `${percentText(low)} to ${percentText(high)}`),
      right('points', ({ accuracy }) => (100 * (accuracy - plain)).toFixed(2)),
      right('spikes', ({ spikesPerNeuron }) => spikesPerNeuron.toFixed(3)),
      right('additions', ({ synapticOperations }) => countText(synapticOperations)),
    ],
    columns,
  );
  return [wrapText(title, columns), '', ...table, ''].join('\n');
}

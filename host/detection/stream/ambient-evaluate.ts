import { basename, resolve } from 'node:path';
import type { Split } from '../../core/dataset/index.js';
import { operatingPointOf, type PointChanges } from '../../core/detection/index.js';
import { type Stage, staged } from '../../core/stage.js';
import { type AmbientFolder, openAmbientFolder, packSounds } from '../../dataset/index.js';
import { openKernel, readModel } from '../../model/index.js';
import { planAmbient } from './ambient-plan.js';
import { type AmbientAnswers, type AmbientOutcome, ambientOutcomes } from './ambient-score.js';
import { answersTo, pointFrom, type StreamReport } from './evaluate.js';
import { Replay } from './replay.js';
import type { AmbientSounds } from './sounds.js';

/** The sources of ambient sound. */
export interface AmbientSource {
  /** Folder of recordings without keywords. */
  readonly ambient: string;
  /** Text file with the paths of recordings to leave out. */
  readonly except?: string;
  readonly split: Split;
  readonly seed: number;
  /** Converts recordings at other sample rates instead of refusing them. */
  readonly resample?: boolean;
  readonly stage?: Stage;
  /** Default: all cores. */
  readonly threads?: number;
}

export interface AmbientEvaluationOptions extends AmbientSource {
  /** Path of a model.spkw or model.wasm. */
  readonly model: string;
  /** Changes of the model's operating point. */
  readonly point?: PointChanges;
}

/** The results of a model on ambient sound. */
export interface AmbientReport extends Pick<StreamReport, 'model' | 'point' | 'pointFrom' | 'seconds'> {
  /** The name of the folder, its part that was heard (null if it is not divided), and how many files were left out. */
  readonly folder: string;
  readonly split: Split | null;
  readonly excepted: number;
  readonly seed: number;
  readonly kinds: readonly AmbientOutcome[];
}

/**
 * Decodes the recordings of a folder into a file of the cache, and plans streams that play them. Throws `DatasetError`
 * for a folder without recordings and `RecordingError` for a recording that cannot be read.
 */
export async function prepareAmbient(
  source: AmbientSource,
): Promise<AmbientSounds & { readonly folder: AmbientFolder }> {
  const { ambient, seed, resample, stage } = source;
  const folder = openAmbientFolder(ambient, source);
  const paths = folder.files.map(({ path }) => path);
  const pack = await staged(stage, 'reading ambient sound, files', paths.length, (onProgress) =>
    packSounds(ambient, paths, { resample, onProgress }),
  );
  // threads open the file themselves
  pack.close();
  return { folder, sounds: pack.descriptor(), plans: planAmbient(seed, folder.files, pack.sounds) };
}

/**
 * Plays the recordings of a folder to a model, with an inference every `hop` frames. Throws what `prepareAmbient`
 * throws.
 */
export async function hearAmbient(
  model: Uint8Array,
  hop: number,
  source: AmbientSource,
): Promise<AmbientAnswers & { readonly folder: AmbientFolder }> {
  const { folder, ...sounds } = await prepareAmbient(source);
  return { folder, plans: sounds.plans, answers: await answersTo(sounds, model, hop, source) };
}

/**
 * Counts what a model detects in recordings in which no keyword is said. Throws `ModelError`, `DatasetError`,
 * `RecordingError`, or `DetectionError` for an operating point out of range.
 */
export async function evaluateAmbient(options: AmbientEvaluationOptions): Promise<AmbientReport> {
  const { content, network } = readModel(options.model);
  const point = operatingPointOf(network, options.point);
  const began = performance.now();
  const heard = await hearAmbient(content, point.hop, options);
  const replay = new Replay(openKernel(content), heard.answers);
  replay.use(point);
  return {
    model: basename(options.model),
    folder: basename(resolve(options.ambient)),
    split: heard.folder.split,
    excepted: heard.folder.excepted,
    seed: options.seed,
    point,
    pointFrom: pointFrom(network, options.point),
    kinds: ambientOutcomes(replay, heard.plans),
    seconds: (performance.now() - began) / 1000,
  };
}

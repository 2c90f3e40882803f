import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { readRecording } from '../../audio/index.js';
import { samplesOfMs, samplesOfSeconds, windowSamples } from '../../core/audio/index.js';
import type { PointChanges } from '../../core/detection/index.js';
import { UsageError } from '../../core/error.js';
import { encodeWav } from '../../core/wav/index.js';
import { openAmbient } from '../../dataset/index.js';
import { readModel } from '../../model/index.js';
import { writeFileAtomically } from '../../system/index.js';
import { type AmbientEvaluationOptions, evaluateAmbient } from './ambient-evaluate.js';

export interface MineOptions extends Omit<AmbientEvaluationOptions, 'split'> {
  /** New folder for what the model falsely accepts. */
  readonly out: string;
  readonly point?: PointChanges;
}

export interface MineResult {
  readonly out: string;
  /** Each kind of sound, with its hours and how many stretches of it were written. */
  readonly kinds: readonly { readonly kind: string; readonly hours: number; readonly stretches: number }[];
}

/** What is kept on either side of the window in which a word was detected, so that training can draw other windows. */
const MARGIN_SAMPLES = samplesOfSeconds(0.3);

/**
 * Collects hard negatives: the stretches of the training part of a folder of ambient sound in which a model detects a
 * word, though nobody said it. They are written as a folder of ambient sound of its own, for `train --ambient`, which
 * draws as often from it as from any other folder. Throws `UsageError` if `out` exists and is not empty, `DatasetError`
 * as `openAmbient`, and what `evaluateAmbient` throws.
 */
export async function mineAmbient(options: MineOptions): Promise<MineResult> {
  const { ambient, out, resample, model } = options;
  if (existsSync(out) && readdirSync(out).length > 0) throw new UsageError(`${out}: exists and is not empty`);
  openAmbient(ambient);
  const { spec } = readModel(model).network;
  const samples = windowSamples(spec.input.frames) + 2 * MARGIN_SAMPLES;
  const { kinds } = await evaluateAmbient({ ...options, split: 'training' });
  for (const { kind, accepts } of kinds) {
    for (const { word, file, timeMs } of accepts) {
      const recording = await readRecording(join(ambient, file), { resample });
      const end = Math.min(recording.length, Math.round(samplesOfMs(timeMs)) + MARGIN_SAMPLES);
      const stretch = recording.subarray(Math.max(0, end - samples), end);
      // the name says where it comes from: speech/radio/monday.wav at 61.2 s, heard as yes
      const source = file
        .split('/')
        .slice(2)
        .join('-')
        .replace(/\.wav$/i, '');
      const name = `${source}-${(timeMs / 1000).toFixed(2)}-${word}.wav`;
      writeFileAtomically(join(out, 'training', kind, 'mined', name), encodeWav(stretch));
    }
  }
  return { out, kinds: kinds.map(({ kind, hours, accepts }) => ({ kind, hours, stretches: accepts.length })) };
}
